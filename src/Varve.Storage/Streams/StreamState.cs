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
    private LogPosition _position;
    private bool _isDropped;

    public StreamState(CreateStreamRecord record, LogPosition position)
    {
        Id = record.StreamId;
        Name = record.Name;
        CreatedAt = DateTimeOffset.UnixEpoch.AddTicks(record.TimeMicros * TimeSpan.TicksPerMicrosecond);
        Schema = new StreamSchema(record.Schema, version: 1);
        LastTimeMicros = record.TimeMicros;
        _position = position;
        _head = MakeHead();
    }

    public long Id { get; }

    public string Name { get; }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>What is visible. Any thread.</summary>
    public StreamHead Head => _head;

    /// <summary>Views of the head. Any thread.</summary>
    public ViewCache Views { get; } = new();

    /// <summary>Any thread.</summary>
    public CompressionTrial Compression { get; } = new();

    /// <summary>Fires with every published change. Any thread.</summary>
    public ChangeSignal Changes { get; } = new();

    /// <summary>The columns after all applied records. For the sequencer, as all that follows.</summary>
    public StreamSchema Schema { get; private set; }

    public long EndOffset { get; private set; }

    /// <summary>The time of the newest change: no later one gets an earlier time, whatever the clock does.</summary>
    public long LastTimeMicros { get; private set; }

    public long TailBytes => _isDropped ? 0 : _tail.AllocatedBytes;

    /// <summary>Whether applied records wait for being published.</summary>
    public bool IsChanged { get; set; }

    public void Apply(AppendRecord record, LogPosition position)
    {
        Change(record, position);
        _tail.Append(record, Schema);
        EndOffset += record.Rows.RowCount;
    }

    public void Apply(AddColumnsRecord record, LogPosition position)
    {
        Change(record, position);
        Schema = Schema.With(record.Fields);
    }

    public void Apply(DropStreamRecord record, LogPosition position)
    {
        Change(record, position);
        _isDropped = true;
    }

    /// <summary>Shows readers what was applied.</summary>
    public void Publish()
    {
        _head = MakeHead();
        IsChanged = false;
        Changes.Fire();
    }

    private void Change(LogRecord record, LogPosition position)
    {
        LastTimeMicros = record.TimeMicros;
        _position = position;
    }

    private StreamHead MakeHead() => new(this, Schema, EndOffset, _position, _tail.Chunks, TailBytes, _isDropped);
}
