using System.Buffers;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Storage.Segments.Format;

namespace Varve.Storage.Segments.Pages;

/// <summary>
/// Decimals of 128 and 256 bits: a byte that says in how many 64-bit words all of them fit (1, 2 or 4), then a vector of each word, the lowest
/// first. Words that are left out repeat the sign. (Narrower decimals are plain numbers.)
/// </summary>
internal static class DecimalPage
{
    public static void Write(ArrayData array, scoped RowNulls nulls, PageWriter writer)
    {
        int words = array.Type.ByteWidth / sizeof(long);
        ReadOnlySpan<long> values = MemoryMarshal.Cast<byte, long>(array.Buffers[1].Span).Slice(array.Offset * words, array.Length * words);
        writer.Count((long)values.Length * sizeof(long));
        int kept = 1;
        while (kept < words && !Fit(values, words, kept, nulls))
            kept *= 2;
        writer.Payload.Append(1)[0] = (byte)kept;
        long[] rows = ArrayPool<long>.Shared.Rent(array.Length);
        for (int word = 0; word < kept; word++)
        {
            for (int row = 0; row < array.Length; row++)
                rows[row] = values[(row * words) + word];
            NumberPage.WritePacked(rows.AsSpan(0, array.Length), nulls, writer);
        }

        ArrayPool<long>.Shared.Return(rows);
    }

    public static ArrayData Read(ArrowType type, scoped RowNulls nulls, ref PageReader reader)
    {
        int words = type.ByteWidth / sizeof(long);
        Memory<byte> memory = reader.Lend((long)nulls.RowCount * type.ByteWidth);
        Span<long> values = MemoryMarshal.Cast<byte, long>(memory.Span);
        int kept = reader.Byte();
        if (kept is not (1 or 2 or 4) || kept > words)
            throw new PageFormatException($"a decimal of {type.ByteWidth} bytes has {kept} words");
        long[] pooled = ArrayPool<long>.Shared.Rent(nulls.RowCount);
        try
        {
            Span<long> rows = pooled.AsSpan(0, nulls.RowCount);
            for (int word = 0; word < kept; word++)
            {
                reader.Integers(rows[..nulls.ValueCount]);
                nulls.Unpack(rows);
                for (int row = 0; row < rows.Length; row++)
                    values[(row * words) + word] = rows[row];
            }

            for (int word = kept; word < words; word++)
            {
                for (int row = 0; row < rows.Length; row++)
                    values[(row * words) + word] = rows[row] >> 63;
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(pooled);
        }

        return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, memory]);
    }

    /// <summary>Whether words from <paramref name="kept"/> on only repeat the sign.</summary>
    private static bool Fit(ReadOnlySpan<long> values, int words, int kept, scoped RowNulls nulls)
    {
        for (int row = 0; row * words < values.Length; row++)
        {
            ReadOnlySpan<long> value = values.Slice(row * words, words);
            if (value[kept..].ContainsAnyExcept(value[kept - 1] >> 63) && !nulls.IsNull(row))
                return false;
        }

        return true;
    }
}
