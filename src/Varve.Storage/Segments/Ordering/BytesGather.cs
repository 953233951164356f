using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// Picks rows of text and binary columns with offsets, writing dictionaries out: first how long each row is, which says where it goes, then its
/// bytes. Without state.
/// </summary>
internal static class BytesGather
{
    /// <summary>Null where the rows have more bytes than an array can hold.</summary>
    public static ArrayData? TryTake(ArrowType type, ArrayData[] blocks, RowPick pick)
    {
        int[] ends = new int[pick.RowCount + 1];
        for (int block = 0; block < blocks.Length; block++)
            Measure(blocks[block], pick.RowsOf(block), pick.TargetsOf(block), ends.AsSpan(1));
        long end = 0;
        for (int i = 1; i < ends.Length; i++)
        {
            end += ends[i];
            if (end > Array.MaxLength)
                return null;
            ends[i] = (int)end;
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)end);
        for (int block = 0; block < blocks.Length; block++)
            Copy(blocks[block], pick.RowsOf(block), pick.TargetsOf(block), ends, bytes);
        (ReadOnlyMemory<byte> validity, int nullCount) = PickedNulls.Of(blocks, pick);
        byte[] offsets = type is LargeUtf8Type or LargeBinaryType
            ? MemoryMarshal.AsBytes<long>(Array.ConvertAll(ends, e => (long)e)).ToArray()
            : MemoryMarshal.AsBytes<int>(ends).ToArray();
        return new ArrayData(type, pick.RowCount, nullCount, [validity, offsets, bytes]);
    }

    private static void Measure(ArrayData block, ReadOnlySpan<int> rows, ReadOnlySpan<int> targets, Span<int> lengths)
    {
        ByteRows values = new(block.Dictionary ?? block);
        CodeRows codes = new(block);
        for (int i = 0; i < rows.Length; i++)
            lengths[targets[i]] = block.NullCount > 0 && block.IsNull(rows[i]) ? 0 : values[codes[rows[i]]].Length;
    }

    private static void Copy(ArrayData block, ReadOnlySpan<int> rows, ReadOnlySpan<int> targets, ReadOnlySpan<int> ends, Span<byte> bytes)
    {
        ByteRows values = new(block.Dictionary ?? block);
        CodeRows codes = new(block);
        for (int i = 0; i < rows.Length; i++)
        {
            int start = ends[targets[i]];
            int length = ends[targets[i] + 1] - start;
            if (length > 0)
                values[codes[rows[i]]].CopyTo(bytes.Slice(start, length));
        }
    }
}
