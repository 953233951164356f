using System.Buffers;
using Varve.Arrow;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Format;
using Varve.Storage.Segments.Pages;

namespace Varve.Storage.Segments.Dictionaries;

/// <summary>
/// The distinct values of a column, in the order of their bytes. Each is kept without what it has in common with the value before it: a vector of how
/// many bytes these are (int32), one of how many follow (int32), and one of those that follow.
/// </summary>
internal static class DictionaryPage
{
    public static void Write(ValueTable table, ReadOnlySpan<int> order, PageWriter writer)
    {
        int[] pooled = ArrayPool<int>.Shared.Rent(2 * order.Length);
        Span<int> shared = pooled.AsSpan(0, order.Length);
        Span<int> added = pooled.AsSpan(order.Length, order.Length);
        using VectorWriter bytes = new();
        ReadOnlySpan<byte> before = default;
        for (int i = 0; i < order.Length; i++)
        {
            ReadOnlySpan<byte> value = table[order[i]];
            shared[i] = before.CommonPrefixLength(value);
            added[i] = value.Length - shared[i];
            bytes.Append(value[shared[i]..]);
            before = value;
        }

        writer.Count(table.BytesCount);
        writer.Integers<int>(shared);
        writer.Integers<int>(added);
        writer.Text(bytes.Written);
        ArrayPool<int>.Shared.Return(pooled);
    }

    /// <summary>The values as an array of the column's type, in memory of its own.</summary>
    /// <exception cref="PageFormatException">The page holds no such values.</exception>
    /// <exception cref="VectorFormatException">As above.</exception>
    public static ArrayData Read(ArrowType type, int count, int valueBytes, ReadOnlySpan<byte> payload)
    {
        // A vector of one constant stands for any number of values: their number is bounded by memory alone.
        int[] pooled = ArrayPool<int>.Shared.Rent(checked(2 * count));
        try
        {
            PageReader reader = new(payload, payload.Length, null);
            Span<int> shared = pooled.AsSpan(0, count);
            Span<int> added = pooled.AsSpan(count, count);
            reader.Integers(shared);
            reader.Integers(added);
            byte[] suffixes = ArrayPool<byte>.Shared.Rent(valueBytes);
            try
            {
                int length = Lengths.Sum(added);
                if (length > valueBytes)
                    throw new PageFormatException($"its values have {length} bytes of their own, all of them together {valueBytes}");
                reader.Text(suffixes.AsSpan(0, length));
                if (!reader.IsAtEnd)
                    throw new PageFormatException("something follows its values");
                return Build(type, shared, added, suffixes, valueBytes);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(suffixes);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(pooled);
        }
    }

    private static ArrayData Build(ArrowType type, ReadOnlySpan<int> shared, ReadOnlySpan<int> added, ReadOnlySpan<byte> suffixes, int valueBytes)
    {
        byte[] values = new byte[valueBytes + BytesLayout.PaddingBytes];
        int[] ends = new int[shared.Length + 1];
        int taken = 0;
        for (int i = 0; i < shared.Length; i++)
        {
            int start = ends[i];
            int beforeStart = i == 0 ? 0 : ends[i - 1];
            if ((uint)shared[i] > (uint)(start - beforeStart) || added[i] > valueBytes - start - shared[i])
                throw new PageFormatException($"value {i} has {shared[i]} bytes of the one before and {added[i]} of its own");
            values.AsSpan(beforeStart, shared[i]).CopyTo(values.AsSpan(start));
            suffixes.Slice(taken, added[i]).CopyTo(values.AsSpan(start + shared[i]));
            taken += added[i];
            ends[i + 1] = start + shared[i] + added[i];
        }

        return ends[^1] == valueBytes
            ? BytesLayout.Array(type, ends, values.AsMemory(0, valueBytes + BytesLayout.PaddingBytes))
            : throw new PageFormatException($"its values have {ends[^1]} bytes, the footer says {valueBytes}");
    }
}
