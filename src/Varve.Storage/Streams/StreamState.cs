using Varve.Storage.Catalog;
using Varve.Storage.Records;
using Varve.Storage.Tail;
using Varve.Storage.Views;

namespace Varve.Storage.Streams;

/// <summary>
/// One stream. The sequencer alone applies records and publishes; any thread reads <see cref="Head"/>, opens views of it and waits for its change.
/// </summary>
internal sealed class StreamState
{
    private readonly StreamTail _tail = new();
    private volatile StreamHead _head;

    public StreamState(CreateStreamRecord record, LogPosition position)
    {
        Id = record.StreamId;
        Name = record.Name;
        CreatedMicros = record.TimeMicros;
        Schema = new StreamSchema(record.Schema, version: 1);
        Settings = record.Settings;
        LastTimeMicros = record.TimeMicros;
        Position = position;
        Positions = new PositionIndex(position, 0);
        _head = new StreamHead(this);
    }

    /// <summary>With the rows that came with it.</summary>
    public StreamState(RestoreStreamRecord record, SegmentList segments, LogPosition position)
        : this(record.Stream, position)
    {
        Segments = segments;
        EndOffset = segments.SealedEnd;
        Positions = new PositionIndex(position, EndOffset);
        _head = new StreamHead(this);
    }

    /// <summary>As a checkpoint has it, but without the rows of its tail, which the log gives back one after the other.</summary>
    public StreamState(CheckpointStream stream)
    {
        Id = stream.Id;
        Name = stream.Name;
        CreatedMicros = stream.CreatedMicros;
        Schema = new StreamSchema(stream.Schema, stream.SchemaVersion);
        Settings = stream.Settings;
        Segments = stream.Segments;
        EndOffset = stream.Segments.SealedEnd;
        LastTimeMicros = stream.LastTimeMicros;
        Position = stream.Position;
        Positions = new PositionIndex(stream.Position, EndOffset);
        _head = new StreamHead(this);
    }

    public long Id { get; }

    public string Name { get; }

    public long CreatedMicros { get; }

    public DateTimeOffset CreatedAt => DateTimeOffset.UnixEpoch.AddTicks(CreatedMicros * TimeSpan.TicksPerMicrosecond);

    /// <summary>What is visible. Any thread.</summary>
    public StreamHead Head => _head;

    /// <summary>Views of the head. Any thread.</summary>
    public ViewCache Views { get; } = new();

    /// <summary>Any thread.</summary>
    public CompressionTrial Compression { get; } = new();

    /// <summary>Fires with every published change. Any thread.</summary>
    public ChangeSignal Changes { get; } = new();

    /// <summary>Where the stream ended at the positions of its newest entries. Any thread.</summary>
    public PositionIndex Positions { get; private set; }

    /// <summary>The columns after all applied records. For the sequencer, as all that follows.</summary>
    public StreamSchema Schema { get; private set; }

    public StoredSettings Settings { get; private set; }

    public SegmentList Segments { get; private set; } = SegmentList.Empty;

    public long EndOffset { get; private set; }

    public long RowCount => EndOffset - Segments.FirstOffset;

    /// <summary>The newest entry that changed the stream.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>The time of the newest change: no later one gets an earlier time, whatever the clock does.</summary>
    public long LastTimeMicros { get; private set; }

    public bool IsDropped { get; private set; }

    public ReadOnlyMemory<TailChunk> TailChunks => _tail.Chunks;

    /// <summary>No row of the tail stands in an entry before; null where it has none.</summary>
    public LogPosition? TailPosition => _tail.Chunks.IsEmpty ? null : _tail.Chunks.Span[0].PositionBefore(Segments.SealedEnd);

    public long TailBytes => IsDropped ? 0 : _tail.AllocatedBytes;

    /// <summary>Whether applied records wait for being published.</summary>
    public bool IsChanged { get; set; }

    /// <param name="record">The rows.</param>
    /// <param name="rowsAt">The entry in which they stand.</param>
    /// <param name="position">The entry that makes them visible: the same, or that of the last part of their batch.</param>
    /// <param name="streamCount">Streams of the node.</param>
    public void Apply(AppendRecord record, LogPosition rowsAt, LogPosition position, int streamCount)
    {
        Change(record, position);
        _tail.Append(record, rowsAt, Schema);
        EndOffset += record.Rows.RowCount;
        Positions.Add(position, EndOffset, streamCount);
    }

    /// <summary>Takes rows of the tail that a checkpoint says are there, from the first one that is missing on.</summary>
    public void GiveBack(AppendRecord record, LogPosition rowsAt)
    {
        _tail.Append(record, rowsAt, Schema, (int)(EndOffset - record.FirstOffset));
        EndOffset = record.FirstOffset + record.Rows.RowCount;

        // Where the stream ended at earlier positions the checkpoint does not say.
        Positions = new PositionIndex(Position, EndOffset);
    }

    public void Apply(AddColumnsRecord record, LogPosition position)
    {
        Change(record, position);
        Schema = Schema.With(record.Fields);
    }

    public void Apply(StreamSettingsRecord record, LogPosition position)
    {
        Change(record, position);
        Settings = record.Settings;
    }

    public void Apply(DropStreamRecord record, LogPosition position)
    {
        Change(record, position);
        IsDropped = true;
    }

    /// <summary>Applies a record that changes the segments to these.</summary>
    public void Apply(LogRecord record, SegmentList segments, LogPosition position)
    {
        Change(record, position);
        if (segments.SealedEnd > Segments.SealedEnd)
            _tail.Seal(segments.SealedEnd);
        Segments = segments;
    }

    /// <summary>Shows readers what was applied.</summary>
    public void Publish()
    {
        _head = new StreamHead(this);
        IsChanged = false;
        Changes.Fire();
    }

    private void Change(LogRecord record, LogPosition position)
    {
        LastTimeMicros = record.TimeMicros;
        Position = position;
    }
}
