using Varve.Query.Pruning.Conditions;

namespace Varve.Query.Scan.Filtering;

/// <summary>Rows within a range of offsets: where these follow one another, nothing is looked at. Thread-safe.</summary>
internal sealed class OffsetTest(Within range, RowTest scattered) : RowTest
{
    private readonly Int128 _least = range.Least?.Whole ?? Int128.MinValue;
    private readonly Int128 _greatest = range.Greatest?.Whole ?? Int128.MaxValue;

    public override double ExpectedShare => 0;

    public override void Narrow(BlockRows rows, RowSet left)
    {
        if (rows.Block.FirstOffset is not { } first)
        {
            scattered.Narrow(rows, left);
            return;
        }

        Int128 end = (Int128)first + rows.RowCount;
        int from = (int)(Int128.Clamp(_least, first, end) - first);
        int to = _greatest < first ? 0 : (int)(Int128.Min(_greatest, end - 1) - first) + 1;
        left.KeepRange(from, to);
    }
}
