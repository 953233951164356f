using Varve.Storage.Zones;

namespace Varve.Storage.Segments;

/// <summary>
/// What the catalog knows of a segment, enough to leave it out of a query without opening its file. Immutable.
/// </summary>
internal sealed record SegmentInfo
{
    /// <summary>Dense from 1 over the life of the node, never used again; names the file.</summary>
    public required long Id { get; init; }

    public required long StreamId { get; init; }

    /// <summary>The least offset in it.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>Its offsets are [FirstOffset, FirstOffset + RowCount), in whatever order they stand.</summary>
    public required long RowCount { get; init; }

    /// <summary>
    /// The rows of each block, in the order of the file: 1 to 65,536. Here because views are made of blocks, and making one must not read footers.
    /// </summary>
    public required int[] BlockRows { get; init; }

    /// <summary>The file has the first columns of the stream's schema, that many; later ones are null in all of its rows.</summary>
    public required int ColumnCount { get; init; }

    /// <summary>The version of the stream's key that seals it; 0: not encrypted.</summary>
    public required int KeyVersion { get; init; }

    public required long FileBytes { get; init; }

    /// <summary>
    /// What its rows take as plain arrays, about, <c>_time</c> included: what compaction may need in memory. The sealer says, not the writer.
    /// </summary>
    public long RawBytes { get; init; }

    /// <summary>The least and greatest <c>_time</c>, microseconds since 1970-01-01 UTC.</summary>
    public required long FirstTimeMicros { get; init; }

    public required long LastTimeMicros { get; init; }

    /// <summary>Whether rows stand in another order than that of their offsets.</summary>
    public required bool IsClustered { get; init; }

    /// <summary>
    /// The places of the columns by which the rows were sorted, first one first; empty: by none. Rows that stood in that order already are sorted
    /// too, and not <see cref="IsClustered"/>. The sealer says, not the writer.
    /// </summary>
    public int[] ClusteredBy { get; init; } = [];

    /// <summary>One per column of the file; null where nothing is known.</summary>
    public required Zone?[] Zones { get; init; }

    public long EndOffset => FirstOffset + RowCount;
}
