using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Query.Scan.Filtering;

/// <summary>Rows whose value in a column of fixed width matches. Null is no match. Thread-safe.</summary>
internal sealed class ColumnTest<T>(ScanColumn column, ValueScan<T> scan, double expectedShare) : RowTest
    where T : unmanaged
{
    public override double ExpectedShare => expectedShare;

    public override void Narrow(BlockRows rows, RowSet left)
    {
        ArrayData array = rows.Column(column);
        left.KeepNulls(array, isNull: false);
        if (!left.IsEmpty)
            scan.Narrow(MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset, array.Length), left);
    }
}
