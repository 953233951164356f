using Varve.Storage.Producers;
using Varve.Storage.Streams;

namespace Varve.Storage.Catalog;

/// <summary>The published catalog at a position, taken between two groups of changes, at the cost of a list of references. Immutable.</summary>
internal sealed class CatalogCapture
{
    private readonly CatalogHead _head;
    private readonly StreamHead[] _streams;
    private readonly long _lastStreamId;
    private readonly long _lastSegmentId;

    /// <summary>For the sequencer.</summary>
    /// <param name="catalog">Everything that was applied is published.</param>
    /// <param name="position">The newest entry that was applied.</param>
    public CatalogCapture(StreamCatalog catalog, LogPosition position)
    {
        Position = position;
        _head = catalog.Head;
        _lastStreamId = catalog.LastStreamId;
        _lastSegmentId = catalog.LastSegmentId;
        Producers = catalog.Producers.Capture();
        _streams = [.. catalog.Streams.Select(s => s.Head)];
    }

    public LogPosition Position { get; }

    public ProducerCapture Producers { get; }

    /// <summary>
    /// The newest entry that a recovery from here does not need: all rows in it and before are sealed or gone, and nothing behind the position is.
    /// </summary>
    public LogPosition NotNeededUpTo
    {
        get
        {
            LogPosition upTo = Position;
            foreach (StreamHead stream in _streams)
            {
                if (stream.TailPosition is { } needed && needed <= upTo)
                    upTo = new LogPosition(needed.Value - 1);
            }

            return upTo;
        }
    }

    public CheckpointState ToState() => new(
        Position, _lastStreamId, _lastSegmentId, _head.Version, [.. _streams.Select(CheckpointStream.Of).OrderBy(s => s.Id)])
    {
        Producers = Producers,
        Consumers = _head.Consumers,
    };
}
