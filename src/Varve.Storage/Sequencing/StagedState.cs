using System.Diagnostics.CodeAnalysis;
using Varve.Storage.Keys;
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
    private long _lastStreamId;

    public StagedState(StreamCatalog recovered, EntryPacker packer, MemoryBudget budget, Keyring keys, TimeProvider time)
    {
        Packer = packer;
        Keys = keys;
        _budget = budget;
        _time = time;
        _lastStreamId = recovered.LastStreamId;
        foreach (StreamState stream in recovered.Streams)
            Add(new StagedStream(stream.Id, stream.Name, stream.Schema, stream.Segments, stream.EndOffset, stream.LastTimeMicros));

        // What the log holds is kept, whatever the limit.
        _budget.SetCatalog(_byId.Values.Sum(s => s.Schema.WeightBytes));
    }

    public EntryPacker Packer { get; }

    public Keyring Keys { get; }

    /// <summary>The newest stream. Any thread; no later than a new one is answered.</summary>
    public long LastStreamId => Volatile.Read(ref _lastStreamId);

    public bool TryFind(long streamId, [NotNullWhen(true)] out StagedStream? stream) => _byId.TryGetValue(streamId, out stream);

    public bool TryFind(string name, [NotNullWhen(true)] out StagedStream? stream) => _byName.TryGetValue(name, out stream);

    /// <summary>
    /// Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room for its columns. Its key is durable: who asked for it saw to that.
    /// </summary>
    public StagedStream Create(string name, StreamSchema schema)
    {
        _budget.TakeForCatalog("create", name, schema.WeightBytes);
        long id = _lastStreamId + 1;
        if (Keys.IsEncrypted && Keys.Versions(id).Count == 0)
            throw new InvalidOperationException($"stream {id} is to be created, and there is no key for it");
        Volatile.Write(ref _lastStreamId, id);
        StagedStream stream = new(id, name, schema, SegmentList.Empty, 0, Now());
        Add(stream);
        return stream;
    }

    /// <summary>Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room for the columns.</summary>
    public void AddColumns(StagedStream stream, StreamSchema schema)
    {
        _budget.TakeForCatalog("add columns to", stream.Name, schema.WeightBytes - stream.Schema.WeightBytes);
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

    /// <summary>Encodes a record and gives it to the log.</summary>
    public LogPosition Write(LogRecord record) => Packer.Add(RecordWriter.Write(record, Keys));

    private long Now() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private void Add(StagedStream stream)
    {
        _byId.Add(stream.Id, stream);
        _byName.Add(stream.Name, stream);
    }
}
