using System.Collections.Immutable;
using Varve.Storage.Segments;
using Varve.Storage.Tail;

namespace Varve.Storage.Streams;

/// <summary>
/// What readers may see of a stream: published whole by the sequencer when its rows are durable, so that any thread that reads the reference has
/// a consistent picture. Immutable; the chunks may hold rows beyond <see cref="EndOffset"/>, which are not to be looked at, and the first of them
/// rows before <see cref="SealedEnd"/>, which stand in segments as well.
/// </summary>
/// <param name="stream">The stream as it is now. Made on the sequencer's thread.</param>
internal sealed class StreamHead(StreamState stream)
{
    private StreamDescription? _description;

    public StreamState Stream { get; } = stream;

    public StreamSchema Schema { get; } = stream.Schema;

    public StoredSettings Settings { get; } = stream.Settings;

    public SegmentList SegmentList { get; } = stream.Segments;

    /// <summary>The oldest row that is kept.</summary>
    public long FirstOffset => SegmentList.FirstOffset;

    /// <summary>Where the tail begins. The rows from <see cref="FirstOffset"/> up to here are in <see cref="Segments"/>.</summary>
    public long SealedEnd => SegmentList.SealedEnd;

    /// <summary>Exclusive.</summary>
    public long EndOffset { get; } = stream.EndOffset;

    /// <summary>Memory that the tail takes, capacity that is not used yet included.</summary>
    public long TailBytes { get; } = stream.TailBytes;

    /// <summary>The newest entry that changed the stream.</summary>
    public LogPosition Position { get; } = stream.Position;

    /// <summary>The time of the newest change.</summary>
    public long LastTimeMicros { get; } = stream.LastTimeMicros;

    /// <summary>In the order of their offsets.</summary>
    public ImmutableArray<SegmentInfo> Segments => SegmentList.Items;

    /// <summary>Their files.</summary>
    public long SegmentBytes => SegmentList.FileBytes;

    public ReadOnlyMemory<TailChunk> Chunks { get; } = stream.TailChunks;

    /// <summary>No row of the tail stands in a log entry before; null where there is none.</summary>
    public LogPosition? TailPosition { get; } = stream.TailPosition;

    public bool IsDropped { get; } = stream.IsDropped;

    /// <summary>Made when first asked for: most heads come and go with an append that nobody looks at.</summary>
    public StreamDescription Description => _description ??= new StreamDescription
    {
        Name = Stream.Name,
        Id = Stream.Id,
        Schema = Schema.Schema,
        SchemaVersion = Schema.Version,
        Settings = Settings.ToSettings(Schema),
        FirstOffset = FirstOffset,
        EndOffset = EndOffset,
        TailRowCount = EndOffset - SealedEnd,
        CreatedAt = Stream.CreatedAt,
        TailBytes = TailBytes,
        SegmentCount = Segments.Length,
        SegmentBytes = SegmentBytes,
        Position = Position,
    };
}
