using System.Numerics;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Dictionaries;
using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Segments.Format;

/// <summary>Writes and reads the footer's section on one column, see <see cref="ColumnEntry"/>.</summary>
internal static class ColumnFormat
{
    /// <summary>A page, and a value of a dictionary, are arrays in memory.</summary>
    public const int PayloadBytesMax = 1 << 30;

    private const int TextBytesMax = 1 << 20;
    private const int PartsMax = 1 << 16;

    public static void Write(ColumnEntry column, VectorWriter writer)
    {
        writer.AppendText(column.Name);
        writer.AppendText(column.TypeName);
        writer.AppendNumber(column.FirstNumber);
        writer.AppendByte(column.Dictionary is null ? (byte)0 : (byte)1);
        if (column.Dictionary is { } dictionary)
        {
            Write(dictionary.Page, writer);
            writer.AppendNumber(dictionary.ValueCount);
            writer.AppendNumber(dictionary.ValueBytes);
            writer.AppendText(dictionary.Encoding);
        }

        List<string> encodings = [.. column.Blocks.Select(b => b.Encoding).Distinct()];
        writer.AppendNumber(encodings.Count);
        foreach (string encoding in encodings)
            writer.AppendText(encoding);
        foreach (BlockEntry block in column.Blocks)
        {
            Write(block.Page, writer);
            writer.AppendNumber(block.NullCount);
            writer.AppendNumber(block.RawBytes);
            writer.AppendNumber(encodings.IndexOf(block.Encoding));
            writer.AppendZone(block.Zone);
        }

        writer.AppendNumber(column.Bloom?.Parts.Length ?? 0);
        foreach (int buckets in column.Bloom?.Buckets ?? [])
            writer.AppendNumber(buckets);
        foreach (PagePlace part in column.Bloom?.Parts ?? [])
            Write(part, writer);
    }

    /// <param name="section">The section.</param>
    /// <param name="rows">The rows of each block.</param>
    /// <param name="footerPlace">Where pages end.</param>
    /// <exception cref="PageFormatException">It is no such section.</exception>
    public static ColumnEntry Read(ReadOnlySpan<byte> section, int[] rows, long footerPlace)
    {
        CompactReader reader = new(section);
        string name = reader.Text(TextBytesMax);
        string type = reader.Text(TextBytesMax);
        int firstNumber = reader.Count(int.MaxValue);
        Pages pages = new(firstNumber, footerPlace);
        DictionaryEntry? dictionary = reader.Byte() switch
        {
            0 => null,
            1 => ReadDictionary(ref reader, rows, ref pages),
            byte other => throw new PageFormatException($"the form of a column is {other}"),
        };
        var encodings = new string[reader.Count(rows.Length)];
        for (int i = 0; i < encodings.Length; i++)
            encodings[i] = reader.Text(TextBytesMax);
        var blocks = new BlockEntry[rows.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            PagePlace page = pages.Read(ref reader);
            int nulls = reader.Count(rows[i]);
            long rawBytes = reader.Number(PayloadBytesMax);
            int encoding = reader.Count(rows.Length);
            if (encoding >= encodings.Length)
                throw new PageFormatException($"encoding {encoding} is not described");
            blocks[i] = new BlockEntry(page, nulls, rawBytes, encodings[encoding], reader.Zone());
        }

        BloomEntry? bloom = ReadBloom(ref reader, rows.Length, ref pages);
        if (!reader.IsAtEnd)
            throw new PageFormatException("something follows a column's section");
        return new ColumnEntry
        {
            Name = name,
            TypeName = type,
            FirstNumber = firstNumber,
            Dictionary = dictionary,
            Blocks = blocks,
            Bloom = bloom,
        };
    }

    /// <summary>A dictionary has at most as many values as there are rows.</summary>
    private static DictionaryEntry ReadDictionary(ref CompactReader reader, int[] rows, ref Pages pages)
    {
        PagePlace page = pages.Read(ref reader);
        int valueCount = (int)reader.Number(Math.Min(int.MaxValue, rows.Sum(r => (long)r)));
        return new DictionaryEntry(page, valueCount, reader.Count(ValueTable.BytesMax), reader.Text(TextBytesMax));
    }

    private static BloomEntry? ReadBloom(ref CompactReader reader, int blockCount, ref Pages pages)
    {
        int count = reader.Count(PartsMax);
        if (count == 0)
            return null;
        if (!BitOperations.IsPow2(count))
            throw new PageFormatException($"Bloom filters have {count} parts");
        var buckets = new int[blockCount];
        for (int i = 0; i < buckets.Length; i++)
            buckets[i] = reader.Count(PayloadBytesMax / 32);
        var parts = new PagePlace[count];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = pages.Read(ref reader);
            if (parts[i].PayloadBytes != buckets.Sum(b => (long)b) * 32)
                throw new PageFormatException($"a part of the Bloom filters has {parts[i].PayloadBytes} bytes");
        }

        return new BloomEntry(parts, buckets);
    }

    private static void Write(in PagePlace page, VectorWriter writer)
    {
        writer.AppendNumber(page.PayloadBytes);
        writer.AppendNumber(page.Place);
        if (page.IsInline)
            writer.Append(page.Inline.Span);
    }

    /// <summary>Reads places, and numbers those that are pages of the file.</summary>
    private struct Pages(int firstNumber, long footerPlace)
    {
        private int _next = firstNumber;

        public PagePlace Read(ref CompactReader reader)
        {
            int bytes = reader.Count(PayloadBytesMax);
            long place = reader.Number(footerPlace);
            if (place == 0)
                return new PagePlace(-1, 0, bytes, reader.Take(bytes).ToArray());
            if (place < SegmentHeader.Bytes || place + bytes + PageCipher.SealBytes > footerPlace)
                throw new PageFormatException($"a page of {bytes} bytes at {place} is not between header and footer");
            return new PagePlace(_next++, place, bytes, default);
        }
    }
}
