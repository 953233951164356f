using System.Diagnostics.CodeAnalysis;
using Varve.Storage.Consumers;
using Varve.Storage.Keys;
using Varve.Storage.Producers;
using Varve.Storage.Records;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Sequencing;

/// <summary>
/// What decisions are made on: the streams as they will be when everything given to the log is applied. It runs ahead of the catalog by what is on
/// its way to the disk, and never goes back: a failed commit stops the node. For the sequencer.
/// </summary>
internal sealed class StagedState
{
    private readonly Dictionary<long, StagedStream> _byId = [];
    private readonly Dictionary<string, StagedStream> _byName = new(StreamName.Comparer);
    private readonly MemoryBudget _budget;
    private readonly TimeProvider _time;
    private readonly TimeSpan _producerIdle;
    private readonly ProducerTable _producers;
    private long _lastStreamId;

    /// <param name="recovered">Where everything begins.</param>
    /// <param name="packer">Takes the records.</param>
    /// <param name="budget">Memory.</param>
    /// <param name="keys">What records are sealed with.</param>
    /// <param name="time">The clock.</param>
    /// <param name="producerIdle">Producers that were not used for so long are forgotten.</param>
    public StagedState(
        StreamCatalog recovered, EntryPacker packer, MemoryBudget budget, Keyring keys, TimeProvider time, TimeSpan producerIdle)
    {
        _producerIdle = producerIdle;
        _producers = new ProducerTable(recovered.Producers.Capture());
        Packer = packer;
        Keys = keys;
        _budget = budget;
        _time = time;
        _lastStreamId = recovered.LastStreamId;
        Consumers = recovered.Consumers;
        foreach (StreamState stream in recovered.Streams)
            Add(new StagedStream(stream.Id, stream.Name, stream.Schema, stream.Segments, stream.EndOffset, stream.LastTimeMicros));

        // What the log holds is kept, whatever the limit.
        _budget.SetCatalog(_byId.Values.Sum(s => s.Schema.WeightBytes) + (_producers.Count * ProducerState.WeightBytes)
            + (Consumers.ById.Count * ConsumerState.WeightBytes));
    }

    public EntryPacker Packer { get; }

    public Keyring Keys { get; }

    public ConsumerSet Consumers { get; private set; }

    /// <summary>The newest stream. Any thread; no later than a new one is answered.</summary>
    public long LastStreamId => Volatile.Read(ref _lastStreamId);

    public bool TryFind(long streamId, [NotNullWhen(true)] out StagedStream? stream) => _byId.TryGetValue(streamId, out stream);

    public bool TryFind(string name, [NotNullWhen(true)] out StagedStream? stream) => _byName.TryGetValue(name, out stream);

    /// <summary>
    /// Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room for its columns. Its key is durable: who asked for it saw to that.
    /// </summary>
    public StagedStream Create(string name, StreamSchema schema)
    {
        _budget.TakeForCatalog($"create stream '{name}'", schema.WeightBytes);
        long id = _lastStreamId + 1;
        if (Keys.IsEncrypted && Keys.Versions(id).Count == 0)
            throw new InvalidOperationException($"stream {id} is to be created, and there is no key for it");
        Volatile.Write(ref _lastStreamId, id);
        StagedStream stream = new(id, name, schema, SegmentList.Empty, 0, Now());
        Add(stream);
        return stream;
    }

    /// <summary>An id that no other stream gets. One that is not used is lost, at the latest with this life of the node.</summary>
    public long TakeStreamId()
    {
        Volatile.Write(ref _lastStreamId, _lastStreamId + 1);
        return _lastStreamId;
    }

    /// <summary>As <see cref="Create"/>, with an id that was taken before, and with rows.</summary>
    public StagedStream Restore(long id, string name, StreamSchema schema, SegmentList segments, long lastRowMicros)
    {
        _budget.TakeForCatalog($"restore stream '{name}'", schema.WeightBytes);
        StagedStream stream = new(id, name, schema, segments, segments.SealedEnd, Math.Max(lastRowMicros, Now()));
        Add(stream);
        return stream;
    }

    /// <summary>Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room for the columns.</summary>
    public void AddColumns(StagedStream stream, StreamSchema schema)
    {
        _budget.TakeForCatalog($"add columns to stream '{stream.Name}'", schema.WeightBytes - stream.Schema.WeightBytes);
        stream.Schema = schema;
    }

    public void Drop(StagedStream stream)
    {
        _budget.SetCatalog(_budget.CatalogBytes - stream.Schema.WeightBytes);
        _byId.Remove(stream.Id);
        _byName.Remove(stream.Name);
    }

    /// <summary>The time of a change to the stream: the clock's, but never before that of the change before it.</summary>
    public long Stamp(StagedStream stream) => stream.LastTimeMicros = Math.Max(stream.LastTimeMicros, Now());

    /// <summary>
    /// The producer of an append that is its next, or one that it made before. Throws where it is not known, where another session of it is open, or
    /// where an append before this one is missing.
    /// </summary>
    public ProducerState FindProducer(ProducerSequence asked, string stream)
    {
        if (!_producers.TryFind(asked.ProducerId, out ProducerState? producer))
            throw Refusals.Unknown(asked, stream);
        if (asked.Epoch != producer.Epoch)
            throw Refusals.Fenced(producer, asked, stream);
        return asked.Sequence <= producer.NextSequence ? producer : throw Refusals.Gap(producer, asked, stream);
    }

    /// <summary>Notes what a producer's append becomes.</summary>
    public void Take(AppendGroupRecord group, ProducedBatch[] batches) => Require(_producers.Apply(group, batches));

    /// <summary>
    /// The record that opens a producer, and its session. Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room for one more.
    /// </summary>
    public (OpenProducerRecord Record, ProducerSession Session) OpenProducer(string name)
    {
        bool isKnown = _producers.TryFind(name, out ProducerState? producer);
        if (!isKnown)
            _budget.TakeForCatalog($"open producer '{name}'", ProducerState.WeightBytes);
        OpenProducerRecord record = new(Now(), producer?.Id ?? _producers.LastId + 1, (producer?.Epoch ?? 0) + 1, name);
        Require(_producers.Apply(record));
        _ = _producers.TryFind(record.ProducerId, out producer);
        return (record, producer!.Session);
    }

    /// <summary>Forgets producers that were not used for long.</summary>
    public IReadOnlyList<ForgetProducerRecord> ForgetIdleProducers()
    {
        long now = Now();
        long oldest = now - (_producerIdle.Ticks / TimeSpan.TicksPerMicrosecond);
        ForgetProducerRecord[] records =
            [.. _producers.Producers.Where(p => p.LastTimeMicros < oldest).Select(p => new ForgetProducerRecord(now, p.Id))];
        foreach (ForgetProducerRecord record in records)
            Require(_producers.Apply(record));
        _budget.SetCatalog(_budget.CatalogBytes - (records.Length * ProducerState.WeightBytes));
        return records;
    }

    /// <summary>Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room for one more consumer.</summary>
    public void TakeForConsumer(string name) => _budget.TakeForCatalog($"create consumer '{name}'", ConsumerState.WeightBytes);

    /// <summary>Notes what a record does to the consumers.</summary>
    public void ChangeConsumers(LogRecord record)
    {
        int before = Consumers.ById.Count;
        Consumers = Consumers.Apply(record, out string? problem);
        Require(problem);
        if (Consumers.ById.Count < before)
            _budget.SetCatalog(_budget.CatalogBytes - ((before - Consumers.ById.Count) * ConsumerState.WeightBytes));
    }

    /// <summary>The clock, microseconds since 1970-01-01 UTC.</summary>
    public long Now() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Encodes a record and gives it to the log.</summary>
    public LogPosition Write(LogRecord record) => Packer.Add(RecordWriter.Write(record, Keys));

    private static void Require(string? problem)
    {
        if (problem is not null)
            throw new InvalidOperationException(problem);
    }

    private void Add(StagedStream stream)
    {
        _byId.Add(stream.Id, stream);
        _byName.Add(stream.Name, stream);
    }
}
