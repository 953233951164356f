using Varve.Storage.Consumers;
using Varve.Storage.Producers;

namespace Varve.Storage.Catalog;

/// <summary>The catalog as it was at a position of the log: everything but the rows in memory, which the log still has. Immutable.</summary>
/// <param name="Position">All entries up to here are in it, and none behind.</param>
/// <param name="LastStreamId">The id of the newest stream that was ever created.</param>
/// <param name="LastSegmentId">The highest id that a segment ever had.</param>
/// <param name="CatalogVersion">The number of changes to streams and columns so far.</param>
/// <param name="Streams">In the order of their ids.</param>
internal sealed record CheckpointState(
    LogPosition Position, long LastStreamId, long LastSegmentId, long CatalogVersion, IReadOnlyList<CheckpointStream> Streams)
{
    public ProducerCapture Producers { get; init; } = ProducerCapture.Empty;

    public ConsumerSet Consumers { get; init; } = ConsumerSet.Empty;

    /// <summary>Of a node that was never written down: all of it is in the log.</summary>
    public static CheckpointState Empty { get; } = new(LogPosition.None, 0, 0, 0, []);
}
