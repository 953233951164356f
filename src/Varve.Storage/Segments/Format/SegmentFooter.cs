using Varve.Storage.Keys;
using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// The footer of a segment: which rows it has and where their pages are. Numbers are compact, see <see cref="CompactWriter"/>. The columns' sections
/// are read when they are first asked for, since a wide stream has thousands. Immutable but for that; any thread.
/// <code>
/// number       offset of the first row
/// u8           1: rows stand in another order than that of their offsets, and the file has a column _offset
/// number       blocks, at least 1
///   number x     rows of each: 1 to 65,536
/// number       columns of the stream
///   number x     bytes of the section of each of them, then of _time's, then of _offset's if there is one
/// sections     see <see cref="ColumnEntry"/>
/// </code>
/// </summary>
internal sealed class SegmentFooter
{
    public const int BlockRowsMax = 65_536;

    private const int BlocksMax = 1 << 20;
    private const int ColumnsMax = 1 << 16;

    private readonly ReadOnlyMemory<byte>[] _sections;
    private readonly ColumnEntry?[] _columns;
    private readonly long _footerPlace;

    private SegmentFooter(long firstOffset, bool hasOffsets, int[] blockRows, int columnCount, ReadOnlyMemory<byte>[] sections, long footerPlace)
    {
        FirstOffset = firstOffset;
        HasOffsets = hasOffsets;
        BlockRows = blockRows;
        ColumnCount = columnCount;
        _sections = sections;
        _columns = new ColumnEntry?[sections.Length];
        _footerPlace = footerPlace;
        FirstRows = new long[blockRows.Length];
        for (int i = 0; i < blockRows.Length; i++)
        {
            FirstRows[i] = RowCount;
            RowCount += blockRows[i];
        }
    }

    public long FirstOffset { get; }

    public bool HasOffsets { get; }

    public int[] BlockRows { get; }

    /// <summary>The rows before each block.</summary>
    public long[] FirstRows { get; }

    public long RowCount { get; }

    /// <summary>Those of the stream. <c>_time</c> follows them, then <c>_offset</c>.</summary>
    public int ColumnCount { get; }

    public int TimeColumn => ColumnCount;

    /// <summary>Where <see cref="HasOffsets"/>.</summary>
    public int OffsetColumn => ColumnCount + 1;

    public int StoredColumnCount => _sections.Length;

    /// <summary>About what it takes in memory.</summary>
    public long WeightBytes => 1_000 + (4 * _sections.Sum(s => (long)s.Length));

    /// <exception cref="PageFormatException">The section is none.</exception>
    public ColumnEntry Column(int column) => _columns[column] ??= ColumnFormat.Read(_sections[column].Span, BlockRows, _footerPlace);

    public static void Write(long firstOffset, int[] blockRows, IReadOnlyList<ColumnEntry> columns, bool hasOffsets, VectorWriter writer)
    {
        writer.AppendNumber(firstOffset);
        writer.AppendByte(hasOffsets ? (byte)1 : (byte)0);
        writer.AppendNumber(blockRows.Length);
        foreach (int rows in blockRows)
            writer.AppendNumber(rows);
        writer.AppendNumber(columns.Count - (hasOffsets ? 2 : 1));
        using VectorWriter sections = new();
        foreach (ColumnEntry column in columns)
        {
            int before = sections.Length;
            ColumnFormat.Write(column, sections);
            writer.AppendNumber(sections.Length - before);
        }

        writer.Append(sections.Written);
    }

    /// <param name="payload">Kept.</param>
    /// <param name="footerPlace">Where it stands in the file: pages are before it.</param>
    /// <exception cref="PageFormatException">It is no footer.</exception>
    public static SegmentFooter Read(ReadOnlyMemory<byte> payload, long footerPlace)
    {
        CompactReader reader = new(payload.Span);
        long firstOffset = reader.Number();
        bool hasOffsets = reader.Byte() switch
        {
            0 => false,
            1 => true,
            byte other => throw new PageFormatException($"the order of rows is {other}"),
        };
        int blockCount = reader.Count(Math.Min(BlocksMax, payload.Length));
        if (blockCount == 0)
            throw new PageFormatException("there are no blocks");
        var rows = new int[blockCount];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = reader.Count(BlockRowsMax);
            if (rows[i] == 0)
                throw new PageFormatException($"block {i} has no rows");
        }

        int columnCount = reader.Count(Math.Min(ColumnsMax, payload.Length));
        var lengths = new int[columnCount + (hasOffsets ? 2 : 1)];
        for (int i = 0; i < lengths.Length; i++)
            lengths[i] = reader.Count(payload.Length);
        var sections = new ReadOnlyMemory<byte>[lengths.Length];
        for (int i = 0; i < sections.Length; i++)
        {
            sections[i] = payload.Slice(reader.Position, Math.Min(lengths[i], payload.Length - reader.Position));
            reader.Take(lengths[i]);
        }

        if (!reader.IsAtEnd)
            throw new PageFormatException("something follows the last column's section");
        return new SegmentFooter(firstOffset, hasOffsets, rows, columnCount, sections, footerPlace);
    }

    /// <summary>Reads all columns, and checks that their pages lie one behind the other from the header to the footer, numbered through.</summary>
    /// <returns>The pages.</returns>
    /// <exception cref="PageFormatException">They do not.</exception>
    public int CheckPages()
    {
        long place = SegmentHeader.Bytes;
        int number = 0;
        for (int i = 0; i < StoredColumnCount; i++)
        {
            if (Column(i).FirstNumber != number)
                throw new PageFormatException($"column {i} begins with page {Column(i).FirstNumber}, expected {number}");
            foreach (PagePlace page in Column(i).Pages)
            {
                if (page.Place != place || page.Number != number)
                    throw new PageFormatException($"page {page.Number} of column {i} stands at {page.Place}, expected page {number} at {place}");
                place += page.PayloadBytes + PageCipher.SealBytes;
                number++;
            }
        }

        return place == _footerPlace ? number : throw new PageFormatException($"pages end at {place}, the footer begins at {_footerPlace}");
    }
}
