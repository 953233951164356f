namespace Varve.Query.Scan.Filtering;

/// <summary>Rows in which a column is null, or is not. Thread-safe.</summary>
internal sealed class NullTest(ScanColumn column, bool isNull) : RowTest
{
    public override double ExpectedShare => isNull ? 0.1 : 0.8;

    public override void Narrow(BlockRows rows, RowSet left) => left.KeepNulls(rows.Column(column), isNull);
}
