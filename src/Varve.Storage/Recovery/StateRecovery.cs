using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Recovery;

/// <summary>Brings the catalog to where the log ends: reads every record and applies it, as the sequencer does with new ones. One thread.</summary>
internal sealed class StateRecovery
{
    private readonly RecordReader _reader;

    public StateRecovery(Keyring keys) => _reader = new RecordReader(Catalog.SchemaOf, keys);

    public StreamCatalog Catalog { get; } = new();

    public long EntryCount { get; private set; }

    public LogPosition Position { get; private set; }

    /// <summary>Takes the log's next entry. Throws <see cref="StorageErrorCode.Corruption"/> for one that cannot be read or does not fit.</summary>
    public void Replay(LogEntry entry)
    {
        _reader.Read(entry, record => Catalog.Apply(record, entry.Position));
        EntryCount++;
        Position = entry.Position;
    }

    /// <summary>
    /// Ends the recovery: a batch whose last parts did not reach the disk was never acknowledged and is put on record as abandoned. Its offsets
    /// are given to the next append.
    /// </summary>
    public async Task FinishAsync(DurableLog log, TimeProvider time)
    {
        if (Catalog.Unfinished is { } unfinished)
        {
            long now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            AbandonPartsRecord record = new(unfinished.StreamId, now, unfinished.FirstOffset);
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
}
