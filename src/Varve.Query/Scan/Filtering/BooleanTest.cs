using Varve.Arrow;

namespace Varve.Query.Scan.Filtering;

/// <summary>Rows in which a boolean is true, or false. Thread-safe.</summary>
internal sealed class BooleanTest(ScanColumn column, bool truth) : RowTest
{
    public override double ExpectedShare => 0.5;

    public override void Narrow(BlockRows rows, RowSet left)
    {
        ArrayData array = rows.Column(column);
        left.KeepNulls(array, isNull: false);
        left.KeepBits(array.Buffers[1].Span, array.Offset, truth);
    }
}
