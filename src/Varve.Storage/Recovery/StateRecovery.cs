using Microsoft.Extensions.Logging;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Recovery;

/// <summary>
/// Brings the catalog to where the log ends: goes on from the checkpoint, if there is one, and applies every record behind it, as the sequencer does
/// with new ones. One thread.
/// </summary>
internal sealed class StateRecovery
{
    private readonly RecordReader _reader;
    private readonly StoredCheckpoint _stored;
    private readonly CheckpointState _checkpoint;
    private readonly ILogger _logger;
    private TailRestore? _tails;

    public StateRecovery(StoredCheckpoint stored, Keyring keys, ILogger logger)
    {
        _stored = stored;
        _logger = logger;
        _checkpoint = stored.State ?? CheckpointState.Empty;
        Catalog = new StreamCatalog(_checkpoint);
        _reader = new RecordReader(Catalog.SchemaOf, keys);
        _tails = stored.State is null ? null : new TailRestore(_checkpoint, Catalog, _reader);
    }

    public StreamCatalog Catalog { get; }

    public long EntryCount { get; private set; }

    public LogPosition Position { get; private set; }

    /// <summary>Takes the log's next entry. Throws <see cref="StorageErrorCode.Corruption"/> for one that cannot be read or does not fit.</summary>
    public void Replay(LogEntry entry)
    {
        if (EntryCount == 0)
            _stored.CheckBegin(entry.Position, _logger);
        EntryCount++;
        Position = entry.Position;
        if (entry.Position > _checkpoint.Position)
        {
            EndTails();
            _reader.Read(entry, record => Catalog.Apply(record, entry.Position));
            return;
        }

        _tails!.Take(entry);
    }

    /// <summary>
    /// All entries were replayed, and nothing was changed yet. Throws <see cref="StorageErrorCode.Corruption"/> where some are missing.
    /// </summary>
    public void Judge()
    {
        _stored.CheckEnd(Position);
        EndTails();
    }

    /// <summary>
    /// Ends the recovery: an append whose last records did not reach the disk was never acknowledged and is put on record as abandoned. Its offsets
    /// are given to the next append.
    /// </summary>
    public async Task FinishAsync(DurableLog log, TimeProvider time)
    {
        long now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        if (Catalog.AbandonUnfinished(now) is { } record)
        {
            byte[] header = new byte[RecordFormat.EntryHeaderBytes];
            RecordFormat.WriteEntryHeader(header, 1);
            Position = log.Enqueue(header, RecordWriter.Write(record));
            await log.CommitAsync().ConfigureAwait(false);
            Catalog.Apply(record, Position);
        }

        Catalog.Publish();

        // Files that no stream has are looked for in the directory.
        Catalog.Retired.TakeAll();
    }

    /// <summary>From here on the entries stand behind the checkpoint.</summary>
    private void EndTails()
    {
        _tails?.Finish();
        _tails = null;
    }
}
