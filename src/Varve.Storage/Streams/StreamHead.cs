using Varve.Storage.Tail;

namespace Varve.Storage.Streams;

/// <summary>
/// What readers may see of a stream: published whole by the sequencer when its rows are durable, so that any thread that reads the reference has
/// a consistent picture. Immutable; the chunks may hold rows beyond <see cref="EndOffset"/>, which are not to be looked at.
/// </summary>
internal sealed class StreamHead(
    StreamState stream, StreamSchema schema, long endOffset, LogPosition position, ReadOnlyMemory<TailChunk> chunks, long tailBytes, bool isDropped)
{
    private StreamDescription? _description;

    public StreamSchema Schema { get; } = schema;

    /// <summary>Exclusive.</summary>
    public long EndOffset { get; } = endOffset;

    /// <summary>The newest entry that changed the stream.</summary>
    public LogPosition Position { get; } = position;

    public ReadOnlyMemory<TailChunk> Chunks { get; } = chunks;

    public bool IsDropped { get; } = isDropped;

    /// <summary>Made when first asked for: most heads come and go with an append that nobody looks at.</summary>
    public StreamDescription Description => _description ??= new StreamDescription
    {
        Name = stream.Name,
        Id = stream.Id,
        Schema = Schema.Schema,
        SchemaVersion = Schema.Version,
        FirstOffset = 0,
        EndOffset = EndOffset,
        CreatedAt = stream.CreatedAt,
        TailBytes = tailBytes,
        Position = Position,
    };
}
