using Varve.Storage.Catalog;
using Varve.Storage.Consumers;
using Varve.Storage.Producers;
using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Sealing;

namespace Varve.Storage.Streams;

/// <summary>
/// The state machine: what streams there are and what rows they have, as the records of the log say. Records are applied in the log's order, by
/// recovery and by the sequencer alike; the same records give the same state. Nothing is visible before <see cref="Publish"/>.
/// One thread applies and publishes; any thread reads <see cref="Head"/>.
/// </summary>
/// <remarks>
/// Every record is checked against the state before it changes anything. One that does not fit means that the log is damaged or that the
/// program is wrong: <see cref="StorageErrorCode.Corruption"/>, after which the catalog must not be used to apply more.
/// </remarks>
internal sealed class StreamCatalog
{
    private readonly Dictionary<long, StreamState> _byId = [];
    private readonly List<StreamState> _changed = [];
    private readonly SegmentRegister _segments = new();
    private readonly AppendAssembly _append = new();
    private long _publishCount;
    private CatalogHead _applied = CatalogHead.Empty;
    private volatile CatalogHead _head = CatalogHead.Empty;

    /// <param name="checkpoint">Where it goes on. The rows of tails are given back one after the other (<see cref="GiveBack"/>).</param>
    public StreamCatalog(CheckpointState checkpoint)
    {
        LastStreamId = checkpoint.LastStreamId;
        _segments.Restore(checkpoint.LastSegmentId, checkpoint.Streams.SelectMany(s => s.Segments.Items));
        foreach (CheckpointStream restored in checkpoint.Streams)
        {
            StreamState stream = new(restored);
            _byId.Add(stream.Id, stream);
            RowCount += stream.RowCount;
            _applied = _applied with { Streams = _applied.Streams.Add(stream.Name, stream) };
        }

        _applied = _applied with { Version = checkpoint.CatalogVersion, Consumers = checkpoint.Consumers };
        Producers = new ProducerTable(checkpoint.Producers);
    }

    /// <summary>What is visible. Any thread.</summary>
    public CatalogHead Head => _head;

    /// <summary>The id of the newest stream that was ever created.</summary>
    public long LastStreamId { get; private set; }

    /// <summary>The highest id that a segment ever had.</summary>
    public long LastSegmentId => _segments.LastId;

    /// <summary>Segments that are not needed any more, once published.</summary>
    public RetiredSegments Retired => _segments.Retired;

    /// <summary>Looks at the streams that are published. Set before the sequencer starts.</summary>
    public SealSignal? Signal { get; set; }

    /// <summary>Memory that rows take, and rows of all streams. Both for the sequencer.</summary>
    public long TailBytes { get; private set; }

    public long RowCount { get; private set; }

    /// <summary>For the sequencer.</summary>
    public ProducerTable Producers { get; }

    /// <summary>As applied. For the sequencer.</summary>
    public ConsumerSet Consumers => _applied.Consumers;

    /// <summary>The record that ends an append whose last record has not been applied; null where there is none.</summary>
    public LogRecord? AbandonUnfinished(long timeMicros) => _append.Abandon(timeMicros);

    public IEnumerable<StreamState> Streams => _byId.Values;

    /// <summary>The columns of a stream after all applied records; null for an unknown one.</summary>
    public StreamSchema? SchemaOf(long streamId) => _byId.GetValueOrDefault(streamId)?.Schema;

    public StreamState? Find(long streamId) => _byId.GetValueOrDefault(streamId);

    public void Apply(LogRecord record, LogPosition position)
    {
        if (!_append.IsEmpty && record is not (AppendRecord or AbandonPartsRecord or AbandonGroupRecord)
            && record is not ConsumerProgressRecord { IsDeadLetters: true })
            throw Misfit(position, _append.Unfinished);
        switch (record)
        {
            case CreateStreamRecord create:
                Create(create, position);
                break;
            case AddColumnsRecord add:
                AddColumns(add, position);
                break;
            case DropStreamRecord drop:
                Drop(drop, position);
                break;
            case AppendRecord append:
                Append(append, position);
                break;
            case AppendGroupRecord group:
                Check(position, _append.Begin(group));
                break;
            case AbandonPartsRecord or AbandonGroupRecord:
                Abandon(record, position);
                break;
            case OpenProducerRecord open:
                Check(position, Producers.Apply(open));
                break;
            case ForgetProducerRecord forget:
                Check(position, Producers.Apply(forget));
                break;
            case ConsumerProgressRecord { IsDeadLetters: true } dead:
                Check(position, _append.Add(dead));
                break;
            case ConsumerRecord consumer:
                ChangeConsumers(consumer, position);
                break;
            case SealRecord seal:
                Seal(seal, position);
                break;
            case ReplaceSegmentsRecord replace:
                Replace(replace, position);
                break;
            case TrimRecord trim:
                Trim(trim, position);
                break;
            case StreamSettingsRecord settings:
                Set(settings, position);
                break;
            case RestoreStreamRecord restore:
                Restore(restore, position);
                break;
            default:
                throw new ArgumentException($"a record of {record.GetType().Name} cannot be applied");
        }
    }

    /// <summary>
    /// Rows of a stream's tail that a checkpoint says are there. They follow those that are, or reach beyond them from sealed ones on.
    /// </summary>
    public void GiveBack(StreamState stream, AppendRecord record, LogPosition position)
    {
        TailBytes -= stream.TailBytes;
        RowCount -= stream.RowCount;
        stream.GiveBack(record, position);
        TailBytes += stream.TailBytes;
        RowCount += stream.RowCount;
        Changed(stream);
    }

    /// <summary>Even, or odd while streams are being published: who reads several heads between two equal even numbers has them of one moment.</summary>
    public long PublishCount => Volatile.Read(ref _publishCount);

    /// <summary>Makes everything that was applied visible.</summary>
    public void Publish()
    {
        Interlocked.Increment(ref _publishCount);
        foreach (StreamState stream in _changed)
        {
            stream.Publish();
            Signal?.Look(stream.Head);
        }

        _changed.Clear();
        _head = _applied;
        _segments.Publish();
        Interlocked.Increment(ref _publishCount);
    }

    private void Create(CreateStreamRecord record, LogPosition position)
    {
        if (record.StreamId <= LastStreamId)
            throw Misfit(position, $"stream '{record.Name}' gets id {record.StreamId} after {LastStreamId}");
        Add(record, new StreamState(record, position), position);
    }

    /// <summary>Its id may be lower than that of the newest stream: it was set aside when the restore began.</summary>
    private void Restore(RestoreStreamRecord record, LogPosition position)
    {
        CreateStreamRecord create = record.Stream;
        if (record.StreamId < 1 || _byId.ContainsKey(record.StreamId))
            throw Misfit(position, $"stream '{create.Name}' gets id {record.StreamId}, which another has");
        long end = record.Segments.Count == 0 ? record.FirstOffset : record.Segments[^1].EndOffset;
        SegmentList? segments = SegmentList.Restore(record.Segments, record.FirstOffset, end, create.Schema.Fields.Count, out string? problem);
        if (segments is null || (record.Segments.Count > 0 && record.Segments[^1].LastTimeMicros > record.TimeMicros))
            throw Misfit(position, $"stream '{create.Name}': {problem ?? "it is older than its rows"}");
        Add(create, new StreamState(record, segments, position), position);
        RowCount += segments.SealedEnd - segments.FirstOffset;
        TakeIds(record.Segments, position);
    }

    private void Add(CreateStreamRecord record, StreamState stream, LogPosition position)
    {
        if (_applied.Streams.ContainsKey(record.Name))
            throw Misfit(position, $"stream '{record.Name}' is created while it exists");
        if (record.Settings.Problem(record.Schema.Fields.Count) is { } problem)
            throw Misfit(position, $"stream '{record.Name}' gets {problem}");
        LastStreamId = Math.Max(LastStreamId, record.StreamId);
        _byId.Add(stream.Id, stream);
        _applied = _applied with { Version = _applied.Version + 1, Streams = _applied.Streams.Add(stream.Name, stream) };
    }

    private void AddColumns(AddColumnsRecord record, LogPosition position)
    {
        StreamState stream = Existing(record, position);
        if (record.SchemaVersion != stream.Schema.Version + 1)
            throw Misfit(position, $"stream '{stream.Name}' gets schema version {record.SchemaVersion} after {stream.Schema.Version}");
        stream.Apply(record, position);
        Changed(stream);
        _applied = _applied with { Version = _applied.Version + 1 };
    }

    private void Drop(DropStreamRecord record, LogPosition position)
    {
        StreamState stream = Existing(record, position);
        TailBytes -= stream.TailBytes;
        RowCount -= stream.RowCount;
        _segments.Remove(stream.Segments.Items, stream.Schema.Schema);
        stream.Apply(record, position);
        Changed(stream);
        _byId.Remove(stream.Id);
        _applied = _applied with { Version = _applied.Version + 1, Streams = _applied.Streams.Remove(stream.Name) };
        ChangeConsumers(record, position);
    }

    private void Append(AppendRecord record, LogPosition position)
    {
        StreamState stream = Existing(record, position);
        Check(position, stream, _append.Add(record, stream.EndOffset, position));
        if (!_append.IsWhole)
            return;
        foreach ((AppendRecord rows, LogPosition rowsAt) in _append.Records)
            AppendRows(Find(rows.StreamId)!, rows, rowsAt, position);
        if (_append.Group is { HasProducer: true } group)
            Check(position, Producers.Apply(group, _append.Produced(position)));
        if (_append.Progress is { } dead)
            ChangeConsumers(dead, position);
        _append.Clear();
    }

    private void AppendRows(StreamState stream, AppendRecord record, LogPosition rowsAt, LogPosition position)
    {
        TailBytes -= stream.TailBytes;
        stream.Apply(record, rowsAt, position, _byId.Count);
        TailBytes += stream.TailBytes;
        RowCount += record.Rows.RowCount;
        Changed(stream);
    }

    private void Abandon(LogRecord record, LogPosition position)
    {
        if (!_append.IsEndedBy(record))
            throw Misfit(position, $"an append is abandoned that is not the one that is unfinished there: {record}");
        _append.Clear();
    }

    private void Seal(SealRecord record, LogPosition position)
    {
        StreamState stream = Existing(record, position);
        string? problem = stream.Segments.Seal(record.Segment, stream.EndOffset, stream.Schema.Schema.Fields.Count, out SegmentList segments);
        Check(position, stream, problem);
        TakeIds([record.Segment], position);
        Change(stream, record, segments, position);
    }

    private void Replace(ReplaceSegmentsRecord record, LogPosition position)
    {
        StreamState stream = Existing(record, position);
        string? problem = stream.Segments.Replace(record.RemovedIds, record.Added, stream.Schema.Schema.Fields.Count, out SegmentList segments);
        Check(position, stream, problem);
        _segments.Remove(stream.Segments.Items.Where(s => record.RemovedIds.Contains(s.Id)), stream.Schema.Schema);
        TakeIds(record.Added, position);
        Change(stream, record, segments, position);
    }

    private void Trim(TrimRecord record, LogPosition position)
    {
        StreamState stream = Existing(record, position);
        string? problem = stream.Segments.Trim(record.FirstOffset, out SegmentList segments);
        Check(position, stream, problem);
        _segments.Remove(stream.Segments.Items.Where(s => s.FirstOffset < record.FirstOffset), stream.Schema.Schema);
        RowCount -= segments.FirstOffset - stream.Segments.FirstOffset;
        Change(stream, record, segments, position);
        ChangeConsumers(record, position);
    }

    /// <summary>Changes of streams reach the consumers too.</summary>
    private void ChangeConsumers(LogRecord record, LogPosition position)
    {
        ConsumerSet changed = _applied.Consumers.Apply(record, out string? problem);
        Check(position, problem);
        if (!ReferenceEquals(changed, _applied.Consumers))
            _applied = _applied with { Consumers = changed };
    }

    private void Set(StreamSettingsRecord record, LogPosition position)
    {
        StreamState stream = Existing(record, position);
        Check(position, stream, record.Settings.Problem(stream.Schema.Schema.Fields.Count));
        stream.Apply(record, position);
        Changed(stream);
    }

    private void Change(StreamState stream, LogRecord record, SegmentList segments, LogPosition position)
    {
        TailBytes -= stream.TailBytes;
        stream.Apply(record, segments, position);
        TailBytes += stream.TailBytes;
        Changed(stream);
    }

    private void TakeIds(IReadOnlyList<SegmentInfo> segments, LogPosition position)
    {
        foreach (SegmentInfo segment in segments)
        {
            if (!_segments.TryAdd(segment))
                throw Misfit(position, $"segment {segment.Id} is there already");
        }
    }

    private static void Check(LogPosition position, StreamState stream, string? problem)
    {
        if (problem is not null)
            throw Misfit(position, $"stream '{stream.Name}': {problem}");
    }

    private static void Check(LogPosition position, string? problem)
    {
        if (problem is not null)
            throw Misfit(position, problem);
    }

    private StreamState Existing(LogRecord record, LogPosition position)
    {
        StreamState stream = Find(record.StreamId) ?? throw Misfit(position, $"stream {record.StreamId} does not exist there");
        return record.TimeMicros >= stream.LastTimeMicros
            ? stream
            : throw Misfit(position, $"the time of stream '{stream.Name}' falls from {stream.LastTimeMicros} to {record.TimeMicros}");
    }

    private void Changed(StreamState stream)
    {
        if (stream.IsChanged)
            return;
        stream.IsChanged = true;
        _changed.Add(stream);
    }

    private static StorageException Misfit(LogPosition position, string what) =>
        new(StorageErrorCode.Corruption, $"log entry {position} does not fit what stands before it: {what}");
}
