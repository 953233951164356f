using Varve.Arrow.Values;
using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;
using Varve.Storage.Segments;
using Varve.Storage.Streams;
using Varve.Storage.Tail;
using Varve.Storage.Zones;

namespace Varve.Storage.Tests.Segments;

/// <summary>What the catalog would know of segments, and files that hold nothing.</summary>
internal static class TestSegments
{
    /// <summary>An engine that leaves segments alone: files that hold nothing are none to merge.</summary>
    public static StorageOptions Alone(StorageOptions options) => options with { Compacts = false, SealAge = TimeSpan.FromDays(10_000) };

    /// <summary>Rows [from, to) of a stream.</summary>
    public static SegmentInfo Info(long id, long streamId, long from, long to, int columnCount = 2, long time = 1_000_000) => new()
    {
        Id = id,
        StreamId = streamId,
        FirstOffset = from,
        RowCount = to - from,
        BlockRows = [.. Enumerable.Range(0, (int)((to - from + 65_535) / 65_536)).Select(i => (int)Math.Min(65_536, to - from - (i * 65_536L)))],
        ColumnCount = columnCount,
        KeyVersion = 0,
        FileBytes = 100 + id,
        RawBytes = 1_000 + id,
        FirstTimeMicros = time,
        LastTimeMicros = time,
        IsClustered = id % 2 == 0,
        ClusteredBy = id % 2 == 0 && columnCount > 0 ? [columnCount - 1, 0] : [],
        Zones = [.. Enumerable.Range(0, columnCount).Select(i => i % 2 == 1 ? (Zone?)null : new Zone(ZoneValue.Of(from), ZoneValue.Of(to), false))],
    };

    /// <summary>Makes a file of the segment's length, durable under its name, as the sealing of tails does.</summary>
    public static void WriteFile(StorageOptions options, SegmentInfo segment)
    {
        string directory = Path.Combine(options.Directory, "segments");
        WholeFile.Write(options.FileSystem, Path.Combine(directory, SegmentDirectory.NameOf(segment.Id)), new byte[segment.FileBytes]);
    }

    /// <summary>The first column of the rows that are not sealed.</summary>
    public static List<long> TailNumbers(StreamHead head)
    {
        List<long> numbers = [];
        ReadOnlySpan<TailChunk> chunks = head.Chunks.Span;
        for (int i = 0; i < chunks.Length; i++)
        {
            long end = i + 1 < chunks.Length ? chunks[i + 1].FirstOffset : head.EndOffset;
            int first = (int)Math.Max(0, head.SealedEnd - chunks[i].FirstOffset);
            foreach (ViewChunk chunk in chunks[i].View(head.Schema.Schema, first, (int)(end - chunks[i].FirstOffset)))
                numbers.AddRange(Enumerable.Range(0, chunk.RowCount).Select(row => ArrayReader.GetInt64(chunk.Columns[0], row)));
        }

        return numbers;
    }

    /// <summary>As equality, but for lists by what they hold.</summary>
    public static void AssertSame(SegmentInfo expected, SegmentInfo found)
    {
        Assert.Equal(expected.Zones, found.Zones);
        Assert.Equal(expected.BlockRows, found.BlockRows);
        Assert.Equal(expected.ClusteredBy, found.ClusteredBy);
        Assert.Equal(expected with { Zones = found.Zones, BlockRows = found.BlockRows, ClusteredBy = found.ClusteredBy }, found);
    }
}
