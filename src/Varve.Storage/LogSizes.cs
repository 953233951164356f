namespace Varve.Storage;

/// <summary>
/// The log's sizes, as <see cref="Log.DurableLogOptions"/> explains them. Page and segment are fixed when a data directory is created.
/// </summary>
internal sealed record LogSizes
{
    public int PageBytes { get; init; } = 4 << 20;

    public int MemoryBytes { get; init; } = 32 << 20;

    public long SegmentBytes { get; init; } = 256L << 20;

    public long ZeroAheadBytes { get; init; } = 256 << 20;

    public long ZeroAheadAtFirstBytes { get; init; } = 8 << 20;
}
