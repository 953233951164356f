using System.Buffers;
using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Segments.Pages;

/// <summary>Lists and maps: a vector of their lengths (int32; those of null rows as they are), then the elements of all rows as an array.</summary>
internal static class ListPage
{
    public static void Write(ArrayData array, PageWriter writer)
    {
        bool isLarge = array.Type is LargeListType;
        ReadOnlySpan<byte> bytes = array.Buffers[1].Span;
        int[] pooled = ArrayPool<int>.Shared.Rent(array.Length);
        Span<int> lengths = pooled.AsSpan(0, array.Length);
        int start = isLarge ? checked((int)Offset(bytes, array.Offset)) : MemoryMarshal.Cast<byte, int>(bytes)[array.Offset];
        int at = start;
        for (int row = 0; row < lengths.Length; row++)
        {
            int end = isLarge ? checked((int)Offset(bytes, array.Offset + row + 1)) : MemoryMarshal.Cast<byte, int>(bytes)[array.Offset + row + 1];
            lengths[row] = end - at;
            at = end;
        }

        writer.Count((array.Length + 1L) * (isLarge ? sizeof(long) : sizeof(int)));
        writer.Integers<int>(lengths);
        ArrayPool<int>.Shared.Return(pooled);
        ArrayPage.Write(array.Children[0].Slice(start, at - start), writer);
    }

    public static ArrayData Read(ArrowType type, scoped RowNulls nulls, ref PageReader reader, int depth)
    {
        bool isLarge = type is LargeListType;
        Memory<byte> memory = reader.Lend((nulls.RowCount + 1L) * (isLarge ? sizeof(long) : sizeof(int)));
        int[] pooled = ArrayPool<int>.Shared.Rent(nulls.RowCount);
        int elements;
        try
        {
            Span<int> lengths = pooled.AsSpan(0, nulls.RowCount);
            reader.Integers(lengths);
            elements = Lengths.Sum(lengths);
            if (isLarge)
                Sum(lengths, MemoryMarshal.Cast<byte, long>(memory.Span));
            else
                Sum(lengths, MemoryMarshal.Cast<byte, int>(memory.Span));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(pooled);
        }

        ArrayData child = ArrayPage.Read(type.Children[0].Type, elements, ref reader, depth + 1);
        return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, memory], [child]);
    }

    private static long Offset(ReadOnlySpan<byte> offsets, int at) => MemoryMarshal.Cast<byte, long>(offsets)[at];

    private static void Sum<T>(ReadOnlySpan<int> lengths, Span<T> offsets)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        T end = T.Zero;
        offsets[0] = end;
        for (int row = 0; row < lengths.Length; row++)
        {
            end += T.CreateTruncating(lengths[row]);
            offsets[row + 1] = end;
        }
    }
}
