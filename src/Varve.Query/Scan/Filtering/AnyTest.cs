namespace Varve.Query.Scan.Filtering;

/// <summary>Rows that pass one of some tests. Thread-safe.</summary>
internal sealed class AnyTest(IReadOnlyList<RowTest> parts) : RowTest
{
    public override double ExpectedShare { get; } = Math.Min(1, parts.Sum(p => p.ExpectedShare));

    public override void Narrow(BlockRows rows, RowSet left)
    {
        RowSet passed = rows.RentSet();
        RowSet tried = rows.RentSet();
        passed.Fill(left.RowCount);
        passed.Clear();
        foreach (RowTest part in parts)
        {
            tried.CopyFrom(left);
            part.Narrow(rows, tried);
            passed.Add(tried);
        }

        left.CopyFrom(passed);
        rows.ReturnSet(tried);
        rows.ReturnSet(passed);
    }
}
