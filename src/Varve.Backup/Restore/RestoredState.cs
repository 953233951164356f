using Microsoft.Extensions.Logging.Abstractions;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Recovery;
using Varve.Storage.Streams;

namespace Varve.Backup.Restore;

/// <summary>
/// What a node is at a moment, by the code that recovers one: the catalog of a snapshot, and the entries behind it. It says what is there then, and which
/// segments that takes. One thread.
/// </summary>
internal sealed class RestoredState
{
    private readonly StateRecovery _recovery;
    private readonly Keyring _keys;
    private readonly TimeProvider _time;
    private readonly long _tailBytesMax;

    /// <param name="catalog">Of the snapshot; null where the node never held anything.</param>
    /// <param name="keys">Open it and the entries.</param>
    /// <param name="time">Says when it is closed.</param>
    /// <param name="tailBytesMax">What rows that are in no segment may take of memory.</param>
    public RestoredState(CheckpointState? catalog, Keyring keys, TimeProvider time, long tailBytesMax = long.MaxValue)
    {
        _tailBytesMax = tailBytesMax;
        _keys = keys;
        _time = time;
        _recovery = new StateRecovery(StoredCheckpoint.Of(catalog, "the snapshot's catalog"), keys, NullLogger.Instance);
    }

    public LogPosition Position => _recovery.Position;

    public IEnumerable<StreamState> Streams => _recovery.Catalog.Streams;

    /// <summary>Null where there is none of that name.</summary>
    public StreamState? Find(string stream) => Streams.FirstOrDefault(s => StreamName.Comparer.Equals(s.Name, stream));

    /// <summary>Throws <see cref="TailTooLargeException"/> where rows in memory become more than they may.</summary>
    public void Replay(LogPosition position, long term, ReadOnlyMemory<byte> payload)
    {
        _recovery.Replay(new LogEntry(position, term, payload));
        if (_recovery.Catalog.TailBytes > _tailBytesMax)
            throw new TailTooLargeException(position.Value, _recovery.Catalog.TailBytes, _tailBytesMax);
    }

    /// <summary>All of it, for a checkpoint; and the newest entry that a recovery from there does not need. Behind the last entry only.</summary>
    public CatalogCapture Capture()
    {
        _recovery.Catalog.Publish();
        return new CatalogCapture(_recovery.Catalog, Position);
    }

    /// <summary>Behind the last entry: throws <see cref="StorageErrorCode.Corruption"/> where entries are missing.</summary>
    public void Judge() => _recovery.Judge();

    /// <summary>
    /// The entries that end what was unfinished at the moment and drop the streams that are not to stay, applied already. They come behind all others.
    /// </summary>
    public IReadOnlyList<byte[]> Close(IReadOnlyCollection<StreamState> dropped)
    {
        long now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        List<LogRecord> records = [];
        if (_recovery.Catalog.AbandonUnfinished(now) is { } abandoned)
            records.Add(abandoned);
        records.AddRange(dropped.Select(s => new DropStreamRecord(s.Id, Math.Max(now, s.LastTimeMicros))));
        List<byte[]> entries = [];
        foreach (LogRecord record in records)
        {
            byte[] bytes = RecordWriter.Write(record, _keys);
            byte[] payload = new byte[RecordFormat.EntryHeaderBytes + bytes.Length];
            RecordFormat.WriteEntryHeader(payload, 1);
            bytes.CopyTo(payload, RecordFormat.EntryHeaderBytes);
            Replay(Position.Next, 1, payload);
            entries.Add(payload);
        }

        return entries;
    }
}
