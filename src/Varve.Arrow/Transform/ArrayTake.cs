using System.Runtime.InteropServices;

namespace Varve.Arrow.Transform;

/// <summary>Makes an array of chosen rows of another, in any order, as often as wanted.</summary>
public static class ArrayTake
{
    /// <param name="array">A valid array of any type. Data buffers of views and dictionaries are shared with it, all else is copied.</param>
    /// <param name="indices">Rows of the array; -1 makes a null row.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is not a row of the array.</exception>
    /// <exception cref="ArrowFormatException">The result would pass 2 GiB.</exception>
    public static ArrayData Take(ArrayData array, ReadOnlySpan<int> indices)
    {
        foreach (int index in indices)
        {
            if (index < -1 || index >= array.Length)
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"the array has {array.Length} rows");
        }

        return Take(array, indices, new ByteBudget(int.MaxValue, "the chosen rows"));
    }

    /// <summary>The same for indices that are known to be rows or -1, within a budget.</summary>
    internal static ArrayData Take(ArrayData array, ReadOnlySpan<int> indices, ByteBudget budget)
    {
        if (array.Type.Id == ArrowTypeId.Null)
            return new ArrayData(array.Type, indices.Length, indices.Length, []);
        (ReadOnlyMemory<byte> validity, int nullCount) = Validity(array, indices, budget);
        (ReadOnlyMemory<byte>[] buffers, ArrayData[] children) = Content(array, indices, budget);
        return new ArrayData(array.Type, indices.Length, nullCount, [validity, .. buffers], children, array.Dictionary);
    }

    private static (ReadOnlyMemory<byte>[] Buffers, ArrayData[] Children) Content(ArrayData array, ReadOnlySpan<int> indices, ByteBudget budget)
    {
        switch (array.Type)
        {
            case BooleanType:
                return ([Bits(array, indices, budget)], []);
            case Utf8Type or BinaryType or LargeUtf8Type or LargeBinaryType:
                ReadOnlyMemory<byte> ends = Ends(array, indices, budget, out long lengthBytes);
                return ([ends, Bytes(array, indices, lengthBytes, budget)], []);
            case Utf8ViewType or BinaryViewType:
                return ([Values(array, indices, ByteView.SizeBytes, budget), .. array.Buffers[2..]], []);
            case ListType or LargeListType or MapType:
                ReadOnlyMemory<byte> offsets = Ends(array, indices, budget, out long elements);
                return ([offsets], [Take(array.Children[0], ElementRows(array, indices, elements, budget), budget)]);
            case FixedSizeListType list:
                int[] rows = ElementRows(array, indices, (long)indices.Length * list.Size, budget);
                return ([], [Take(array.Children[0], rows, budget)]);
            case StructType:
                int[] moved = FieldRows(array, indices, budget);
                ArrayData[] fields = new ArrayData[array.Children.Length];
                for (int i = 0; i < fields.Length; i++)
                    fields[i] = Take(array.Children[i], moved, budget);
                return ([], fields);
            case DenseUnionType:
                throw new ArgumentException($"rows of {array.Type.Name} cannot be chosen: unions are written only");
            default:
                return ([Values(array, indices, array.Type.ByteWidth, budget)], []);
        }
    }

    private static (ReadOnlyMemory<byte> Bits, int NullCount) Validity(ArrayData array, ReadOnlySpan<int> indices, ByteBudget budget)
    {
        int nullCount = 0;
        foreach (int index in indices)
            nullCount += IsNull(array, index) ? 1 : 0;
        if (nullCount == 0)
            return default;
        byte[] bits = Allocate(Bitmap.ByteCount(indices.Length), budget);
        for (int i = 0; i < indices.Length; i++)
        {
            if (!IsNull(array, indices[i]))
                bits[i >> 3] |= (byte)(1 << (i & 7));
        }

        return (bits, nullCount);
    }

    private static bool IsNull(ArrayData array, int index) => index < 0 || array.IsNull(index);

    private static byte[] Bits(ArrayData array, ReadOnlySpan<int> indices, ByteBudget budget)
    {
        byte[] bits = Allocate(Bitmap.ByteCount(indices.Length), budget);
        ReadOnlySpan<byte> from = array.Buffers[1].Span;
        for (int i = 0; i < indices.Length; i++)
        {
            if (!IsNull(array, indices[i]) && Bitmap.IsSet(from, array.Offset + indices[i]))
                bits[i >> 3] |= (byte)(1 << (i & 7));
        }

        return bits;
    }

    /// <summary>Values of one width; null rows are zeros.</summary>
    private static byte[] Values(ArrayData array, ReadOnlySpan<int> indices, int width, ByteBudget budget)
    {
        byte[] values = Allocate((long)indices.Length * width, budget);
        ReadOnlySpan<byte> from = array.Buffers[1].Span;
        switch (width)
        {
            case 1:
                Gather<byte>(array, indices, from, values);
                break;
            case 2:
                Gather<ushort>(array, indices, from, values);
                break;
            case 4:
                Gather<uint>(array, indices, from, values);
                break;
            case 8:
                Gather<ulong>(array, indices, from, values);
                break;
            default:
                for (int i = 0; i < indices.Length; i++)
                {
                    if (!IsNull(array, indices[i]))
                        from.Slice(checked((array.Offset + indices[i]) * width), width).CopyTo(values.AsSpan(i * width));
                }

                break;
        }

        return values;
    }

    private static void Gather<T>(ArrayData array, ReadOnlySpan<int> indices, ReadOnlySpan<byte> from, Span<byte> to)
        where T : unmanaged
    {
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(from);
        Span<T> target = MemoryMarshal.Cast<byte, T>(to);
        for (int i = 0; i < indices.Length; i++)
        {
            if (!IsNull(array, indices[i]))
                target[i] = source[array.Offset + indices[i]];
        }
    }

    /// <summary>The offsets of the result; null rows are empty.</summary>
    private static byte[] Ends(ArrayData array, ReadOnlySpan<int> indices, ByteBudget budget, out long end)
    {
        bool isLarge = ArrayLayout.HasLargeOffsets(array.Type);
        byte[] offsets = Allocate((indices.Length + 1L) * (isLarge ? 8 : 4), budget);
        Span<long> wide = isLarge ? MemoryMarshal.Cast<byte, long>(offsets.AsSpan()) : default;
        Span<int> narrow = isLarge ? default : MemoryMarshal.Cast<byte, int>(offsets.AsSpan());
        end = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            if (!IsNull(array, indices[i]))
                end += ArrayLayout.Range(array, indices[i]).Length;
            if (end > int.MaxValue)
                throw new ArrowFormatException(
                    $"the values of {indices.Length} rows of {array.Type.Name} pass the limit of one array, {int.MaxValue}");
            if (isLarge)
                wide[i + 1] = end;
            else
                narrow[i + 1] = (int)end;
        }

        return offsets;
    }

    private static byte[] Bytes(ArrayData array, ReadOnlySpan<int> indices, long lengthBytes, ByteBudget budget)
    {
        byte[] bytes = Allocate(lengthBytes, budget);
        int at = 0;
        foreach (int index in indices)
        {
            if (IsNull(array, index))
                continue;
            (int start, int length) = ArrayLayout.Range(array, index);
            if (length == 0)
                continue;
            array.Buffers[2].Span.Slice(start, length).CopyTo(bytes.AsSpan(at));
            at += length;
        }

        return bytes;
    }

    /// <summary>The child's rows that the chosen lists consist of. Null rows of a fixed-size list have elements too, which are null.</summary>
    private static int[] ElementRows(ArrayData array, ReadOnlySpan<int> indices, long count, ByteBudget budget)
    {
        int[] rows = AllocateRows(count, budget);
        int at = 0;
        foreach (int index in indices)
        {
            if (!IsNull(array, index))
            {
                (int start, int length) = ArrayLayout.Range(array, index);
                for (int i = 0; i < length; i++)
                    rows[at++] = start + i;
            }
            else if (array.Type is FixedSizeListType list)
            {
                rows.AsSpan(at, list.Size).Fill(-1);
                at += list.Size;
            }
        }

        return rows;
    }

    private static int[] FieldRows(ArrayData array, ReadOnlySpan<int> indices, ByteBudget budget)
    {
        int[] rows = AllocateRows(indices.Length, budget);
        for (int i = 0; i < rows.Length; i++)
            rows[i] = IsNull(array, indices[i]) ? -1 : array.Offset + indices[i];
        return rows;
    }

    private static int[] AllocateRows(long count, ByteBudget budget)
    {
        budget.Take(count * sizeof(int));
        return new int[count];
    }

    private static byte[] Allocate(long lengthBytes, ByteBudget budget)
    {
        budget.Take(lengthBytes);
        return new byte[lengthBytes];
    }
}
