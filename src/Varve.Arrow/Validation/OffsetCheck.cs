using System.Numerics;
using System.Runtime.InteropServices;

namespace Varve.Arrow.Validation;

/// <summary>Offsets of text, binary, list and map columns: none negative, none below the one before, none beyond the end.</summary>
internal static class OffsetCheck
{
    /// <param name="check">A column whose second buffer holds offsets.</param>
    /// <param name="end">Bytes of the data, or rows of the child.</param>
    /// <param name="what">What the offsets count.</param>
    public static void Offsets(ColumnCheck check, long end, string what)
    {
        ArrayData array = check.Array;
        // Writers may leave the one offset of an empty array out.
        if (array.Length == 0 && array.Buffers[1].IsEmpty)
            return;
        bool isLarge = ArrayLayout.HasLargeOffsets(array.Type);
        check.Buffer(1, "offsets", ((long)array.Offset + array.Length + 1) * (isLarge ? 8 : 4));
        ReadOnlySpan<byte> bytes = array.Buffers[1].Span;
        if (isLarge)
            Offsets(check, MemoryMarshal.Cast<byte, long>(bytes).Slice(array.Offset, array.Length + 1), end, what);
        else
            Offsets(check, MemoryMarshal.Cast<byte, int>(bytes).Slice(array.Offset, array.Length + 1), end, what);
    }

    private static void Offsets<T>(ColumnCheck check, ReadOnlySpan<T> offsets, long end, string what)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (T.IsNegative(offsets[0]))
            throw check.Fail(0, "an offset of 0 or more", $"{offsets[0]}");
        int row = FirstDescent(offsets);
        if (row >= 0)
            throw check.Fail(row, $"an end offset of at least {offsets[row]}", $"{offsets[row + 1]}");
        long last = long.CreateChecked(offsets[^1]);
        if (last > end)
            throw check.Fail(FirstBeyond(offsets, end), $"offsets within the {end} {what} there are", $"{last}");
    }

    /// <summary>The first row that ends before it begins, or -1.</summary>
    private static int FirstDescent<T>(ReadOnlySpan<T> offsets)
        where T : unmanaged, IBinaryInteger<T>
    {
        int at = 0;
        for (; at < offsets.Length - Vector<T>.Count; at += Vector<T>.Count)
        {
            if (Vector.LessThanAny(new Vector<T>(offsets[(at + 1)..]), new Vector<T>(offsets[at..])))
                break;
        }

        for (; at < offsets.Length - 1; at++)
        {
            if (offsets[at + 1] < offsets[at])
                return at;
        }

        return -1;
    }

    /// <summary>The row that the first offset beyond the end belongs to.</summary>
    private static int FirstBeyond<T>(ReadOnlySpan<T> offsets, long end)
        where T : unmanaged, IBinaryInteger<T>
    {
        int at = 0;
        while (long.CreateChecked(offsets[at]) <= end)
            at++;
        return Math.Max(at - 1, 0);
    }
}
