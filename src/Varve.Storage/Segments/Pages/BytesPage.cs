using System.Buffers;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Pages;

/// <summary>
/// Text and binary values of any layout: a vector of their lengths (int32), then one of their bytes. A null row has length 0, and in the dense form
/// no length.
/// </summary>
internal static class BytesPage
{
    public static void Write(ArrayData array, scoped RowNulls nulls, PageWriter writer)
    {
        ByteRows rows = new(array);
        int[] pooled = ArrayPool<int>.Shared.Rent(array.Length);
        Span<int> lengths = pooled.AsSpan(0, array.Length);
        long total = 0;
        for (int row = 0; row < lengths.Length; row++)
        {
            int length = nulls.IsNull(row) ? 0 : rows[row].Length;
            lengths[row] = length;
            total += length;
        }

        int perRow = array.Type switch { Utf8ViewType or BinaryViewType => ByteView.SizeBytes, LargeUtf8Type or LargeBinaryType => 8, _ => 4 };
        writer.Count(((array.Length + 1L) * perRow) + total);
        if (rows.TryAll(out ReadOnlySpan<byte> all) && all.Length == total)
        {
            writer.Integers<int>(nulls.Form == NullForm.Dense ? nulls.Pack(lengths) : lengths);
            writer.Text(all);
        }
        else
        {
            using VectorWriter gathered = new();
            for (int row = 0; row < lengths.Length; row++)
            {
                if (lengths[row] > 0)
                    gathered.Append(rows[row]);
            }

            writer.Integers<int>(nulls.Form == NullForm.Dense ? nulls.Pack(lengths) : lengths);
            writer.Text(gathered.Written);
        }

        ArrayPool<int>.Shared.Return(pooled);
    }

    public static ArrayData Read(ArrowType type, scoped RowNulls nulls, ref PageReader reader) => type is LargeUtf8Type or LargeBinaryType
        ? ReadLarge(type, nulls, ref reader)
        : ReadSmall(type, nulls, ref reader);

    public static ArrayData ReadViews(ArrowType type, scoped RowNulls nulls, ref PageReader reader)
    {
        Memory<byte> memory = reader.Lend((nulls.RowCount + 1L) * ByteView.SizeBytes)[..(nulls.RowCount * ByteView.SizeBytes)];
        Span<ByteView> views = MemoryMarshal.Cast<byte, ByteView>(memory.Span);
        int[] pooled = ArrayPool<int>.Shared.Rent(nulls.RowCount);
        try
        {
            Span<int> lengths = pooled.AsSpan(0, nulls.RowCount);
            Memory<byte> bytes = ReadBytes(lengths, nulls, ref reader);
            int at = 0;
            for (int row = 0; row < views.Length; row++)
            {
                views[row] = ByteView.Create(bytes.Span.Slice(at, lengths[row]), 0, at);
                at += lengths[row];
            }

            return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, memory, bytes]);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(pooled);
        }
    }

    private static ArrayData ReadSmall(ArrowType type, scoped RowNulls nulls, ref PageReader reader)
    {
        Memory<byte> memory = reader.Lend((nulls.RowCount + 1L) * sizeof(int));
        Span<int> offsets = MemoryMarshal.Cast<byte, int>(memory.Span);
        offsets[0] = 0;

        // Lengths become the ends of their rows in place.
        Span<int> lengths = offsets[1..];
        Memory<byte> bytes = ReadBytes(lengths, nulls, ref reader);
        int end = 0;
        for (int row = 0; row < lengths.Length; row++)
        {
            end += lengths[row];
            lengths[row] = end;
        }

        return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, memory, bytes]);
    }

    private static ArrayData ReadLarge(ArrowType type, scoped RowNulls nulls, ref PageReader reader)
    {
        Memory<byte> memory = reader.Lend((nulls.RowCount + 1L) * sizeof(long));
        Span<long> offsets = MemoryMarshal.Cast<byte, long>(memory.Span);
        int[] pooled = ArrayPool<int>.Shared.Rent(nulls.RowCount);
        try
        {
            Span<int> lengths = pooled.AsSpan(0, nulls.RowCount);
            Memory<byte> bytes = ReadBytes(lengths, nulls, ref reader);
            long end = 0;
            offsets[0] = 0;
            for (int row = 0; row < lengths.Length; row++)
            {
                end += lengths[row];
                offsets[row + 1] = end;
            }

            return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, memory, bytes]);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(pooled);
        }
    }

    /// <summary>Reads the lengths of all rows, then the bytes that they need.</summary>
    private static Memory<byte> ReadBytes(Span<int> lengths, scoped RowNulls nulls, ref PageReader reader)
    {
        reader.Integers(lengths[..nulls.ValueCount]);
        if (nulls.Form == NullForm.Dense)
        {
            nulls.Unpack(lengths);
            for (int row = 0; row < lengths.Length; row++)
            {
                if (nulls.IsNull(row))
                    lengths[row] = 0;
            }
        }

        Memory<byte> bytes = reader.Lend(Lengths.Sum(lengths));
        reader.Text(bytes.Span);
        return bytes;
    }
}
