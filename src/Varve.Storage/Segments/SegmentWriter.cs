using Varve.Arrow;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Format;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments;

/// <summary>Writes segment files. Any thread; one file is one call.</summary>
internal static class SegmentWriter
{
    /// <summary>
    /// Writes all rows to a new file, reads its footer back, and syncs the file. Whoever calls gives it its name and syncs the directory, or deletes
    /// it where this throws.
    /// </summary>
    /// <param name="fileSystem">Where the file goes.</param>
    /// <param name="path">A file that does not exist.</param>
    /// <param name="rows">At least one block.</param>
    /// <param name="identity">Of the segment.</param>
    /// <param name="key">The stream's current one.</param>
    /// <returns>All but what only the sealer knows: <see cref="SegmentInfo.RawBytes"/> and <see cref="SegmentInfo.ClusteredBy"/>.</returns>
    /// <exception cref="IOException">The file system's; nothing of the file is to be used.</exception>
    public static SegmentInfo Write(IFileSystem fileSystem, string path, SegmentSource rows, SegmentIdentity identity, StreamKey key)
    {
        int[] blockRows = [.. Enumerable.Range(0, rows.BlockCount).Select(rows.RowCountOf)];
        if (blockRows.Length == 0 || blockRows.Any(r => r is < 1 or > SegmentFooter.BlockRowsMax))
            throw new ArgumentException($"the blocks have {string.Join(", ", blockRows)} rows; 1 to {SegmentFooter.BlockRowsMax} are possible");
        bool hasOffsets = rows.Offsets(0) is not null;
        using IFile file = fileSystem.Create(path);
        using SegmentOutput output = new(file, identity, key);
        List<ColumnEntry> columns = WriteColumns(rows, output, blockRows, hasOffsets);
        using VectorWriter footer = new();
        SegmentFooter.Write(rows.FirstOffset, blockRows, columns, hasOffsets, footer);
        SegmentTrailer trailer = output.End(footer.Written);
        Check(file, key, trailer);
        file.Sync();
        return Describe(rows, identity, key, blockRows, columns, hasOffsets, file.Length);
    }

    private static List<ColumnEntry> WriteColumns(SegmentSource rows, SegmentOutput output, int[] blockRows, bool hasOffsets)
    {
        IReadOnlyList<Field> fields = rows.Schema.Fields;
        using ColumnWriter writer = new(output, blockRows, fields.Count);
        List<ColumnEntry> columns = [];
        for (int i = 0; i < fields.Count; i++)
        {
            int field = i;
            columns.Add(writer.Write(field, fields[field], block => rows.Column(field, block)));
        }

        columns.Add(writer.Write(columns.Count, SegmentColumns.Time, rows.Times));
        if (hasOffsets)
            columns.Add(writer.Write(columns.Count, SegmentColumns.Offset, block => rows.Offsets(block) ?? throw NoOffsets(block)));
        return columns;
    }

    private static InvalidOperationException NoOffsets(int block) => new($"block {block} has no offsets, block 0 has");

    /// <summary>What readers will do first, while the rows are still elsewhere.</summary>
    public static void Check(IFile file, StreamKey key, SegmentTrailer trailer)
    {
        SegmentReader reader = SegmentReader.Open(file, _ => key, meter: null);
        if (reader.Trailer != trailer)
            throw SegmentDamage.InFile(file.Path, $"trailer: read back as {reader.Trailer}, written as {trailer}");
        try
        {
            int pages = reader.ReadFooter().CheckPages();
            if (pages != trailer.FooterNumber)
                throw new PageFormatException($"{pages} pages were read back, {trailer.FooterNumber} written");
        }
        catch (PageFormatException e)
        {
            throw SegmentDamage.InPage(file.Path, trailer.Footer, "", e.Message, e);
        }
    }

    private static SegmentInfo Describe(
        SegmentSource rows, SegmentIdentity identity, StreamKey key, int[] blockRows, List<ColumnEntry> columns, bool hasOffsets, long fileBytes)
    {
        int count = rows.Schema.Fields.Count;
        Zone times = columns[count].Bounds ?? throw new InvalidOperationException("times have no bounds");
        return new SegmentInfo
        {
            Id = identity.SegmentId,
            StreamId = identity.StreamId,
            FirstOffset = rows.FirstOffset,
            RowCount = blockRows.Sum(r => (long)r),
            BlockRows = blockRows,
            ColumnCount = count,
            KeyVersion = key.Version,
            FileBytes = fileBytes,
            FirstTimeMicros = (long)times.Least.Whole,
            LastTimeMicros = (long)times.Greatest.Whole,
            IsClustered = hasOffsets,
            Zones = [.. columns.Take(count).Select(c => c.Bounds)],
        };
    }
}
