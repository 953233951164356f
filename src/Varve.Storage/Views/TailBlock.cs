using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Storage.Zones;

namespace Varve.Storage.Views;

/// <summary>
/// A chunk of the tail, for scans. Its zones are found when a condition first asks for them and kept as long as the block; offsets and times need no
/// look at the rows, because they never fall. Any thread: at worst two find the same zone.
/// </summary>
internal sealed class TailBlock(ViewChunk chunk) : ScanBlock
{
    private readonly Found?[] _found = new Found?[chunk.Columns.Count];

    public override bool IsResident => true;

    public override int RowCount => chunk.RowCount;

    public override long? FirstOffset => chunk.FirstOffset;

    public override Zone OffsetZone =>
        new(ZoneValue.Of(chunk.FirstOffset), ZoneValue.Of(chunk.FirstOffset + chunk.RowCount - 1), HasNulls: false);

    public override Zone TimeZone => new(ZoneValue.Of(ReadTime(0)), ZoneValue.Of(ReadTime(chunk.RowCount - 1)), HasNulls: false);

    /// <summary>Bounds of texts are not looked for: that takes as long as to test the rows.</summary>
    public override Zone? ZoneOf(int field) => (_found[field] ??= new Found(Scan(chunk.Columns[field]))).Zone;

    public override ArrayData Column(int field, BlockBuffers? buffers) => chunk.Columns[field];

    public override ArrayData Times(BlockBuffers? buffers) => chunk.Time;

    public override ArrayData Offsets(BlockBuffers? buffers)
    {
        int bytes = chunk.RowCount * sizeof(long);
        byte[] values = buffers?.Rent(bytes) ?? GC.AllocateUninitializedArray<byte>(bytes);
        Span<long> offsets = MemoryMarshal.Cast<byte, long>(values.AsSpan(0, bytes));
        for (int i = 0; i < offsets.Length; i++)
            offsets[i] = chunk.FirstOffset + i;
        return new ArrayData(ArrowTypes.Int64, chunk.RowCount, 0, [default, values.AsMemory(0, bytes)]);
    }

    private static Zone? Scan(ArrayData column) => ByteRows.AreOf(column.Type) ? null : ZoneScan.Of(column);

    private long ReadTime(int row)
    {
        ArrayData times = chunk.Time;
        return MemoryMarshal.Read<long>(times.Buffers[1].Span[((times.Offset + row) * sizeof(long))..]);
    }

    private sealed record Found(Zone? Zone);
}
