using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Segments.Ordering;

/// <summary><c>_offset</c> as arrays.</summary>
internal static class OffsetColumn
{
    /// <summary>Offsets that follow one another.</summary>
    public static ArrayData Following(long first, int count, BlockBuffers? buffers = null)
    {
        int bytes = count * sizeof(long);
        byte[] values = buffers?.Rent(bytes) ?? GC.AllocateUninitializedArray<byte>(bytes);
        Span<long> offsets = MemoryMarshal.Cast<byte, long>(values.AsSpan(0, bytes));
        for (int i = 0; i < offsets.Length; i++)
            offsets[i] = first + i;
        return new ArrayData(ArrowTypes.Int64, count, 0, [default, values.AsMemory(0, bytes)]);
    }

    /// <summary>Offsets first + row of the rows given.</summary>
    public static ArrayData Of(long first, ReadOnlySpan<int> rows)
    {
        byte[] values = GC.AllocateUninitializedArray<byte>(rows.Length * sizeof(long));
        Span<long> offsets = MemoryMarshal.Cast<byte, long>(values.AsSpan());
        for (int i = 0; i < offsets.Length; i++)
            offsets[i] = first + rows[i];
        return new ArrayData(ArrowTypes.Int64, rows.Length, 0, [default, values]);
    }

    public static ReadOnlySpan<long> Values(ArrayData offsets) =>
        MemoryMarshal.Cast<byte, long>(offsets.Buffers[1].Span).Slice(offsets.Offset, offsets.Length);

    /// <summary>
    /// Adds the rows of a block to the numbers of rows by offset. False when one has an offset that another has or that none can have.
    /// </summary>
    /// <param name="offsets">Of the block's rows.</param>
    /// <param name="firstOffset">The least that there can be, whose row comes first.</param>
    /// <param name="firstRow">The number of the block's first row.</param>
    /// <param name="rows">Row numbers by offset; -1 where none was found yet.</param>
    public static bool TryPlace(ArrayData offsets, long firstOffset, int firstRow, Span<int> rows)
    {
        ReadOnlySpan<long> values = Values(offsets);
        for (int i = 0; i < values.Length; i++)
        {
            long place = values[i] - firstOffset;
            if ((ulong)place >= (ulong)rows.Length || rows[(int)place] >= 0)
                return false;
            rows[(int)place] = firstRow + i;
        }

        return true;
    }
}
