namespace Varve.Query.Scan.Filtering;

/// <summary>Rows that pass every one of some tests. Thread-safe.</summary>
internal sealed class AllTest(IReadOnlyList<RowTest> parts) : RowTest
{
    public override double ExpectedShare { get; } = parts.Min(p => p.ExpectedShare);

    public override void Narrow(BlockRows rows, RowSet left)
    {
        foreach (RowTest part in parts)
        {
            part.Narrow(rows, left);
            if (left.IsEmpty)
                return;
        }
    }
}
