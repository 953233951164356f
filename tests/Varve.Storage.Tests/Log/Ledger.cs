using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Log;

/// <summary>
/// The checker of crash tests. It knows what was acknowledged and what was merely tried, and judges what a log replays after a crash: everything acknowledged is there,
/// in order, unchanged; of what was only tried a prefix may be there; nothing else is; and what was replayed once has been seen, so it may not vanish later.
/// One thread.
/// </summary>
internal sealed class Ledger(Func<FaultyFileSystem, DurableLogOptions> options, int largestBytes)
{
    private readonly List<byte[]> _entries = [];
    private int _acknowledged;
    private int _life;

    public Ledger(long zeroAheadBytes = 0)
        : this(fileSystem => LogTesting.Small(LogTesting.InMemory, fileSystem) with { ZeroAheadBytes = zeroAheadBytes }, largestBytes: 3500)
    {
    }

    public int Acknowledged => _acknowledged;

    /// <summary>Opens the log and judges what it replays.</summary>
    public async Task<DurableLog> OpenAsync(FaultyFileSystem fileSystem)
    {
        (DurableLog log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(options(fileSystem));
        Judge(replayed);
        _life++;
        return log;
    }

    /// <summary>Appends and commits at random until the log fails or the count is reached.</summary>
    public async Task LoadAsync(DurableLog log, Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Enqueue(log, random.Next(4) == 0 ? random.Next(largestBytes) : random.Next(200));
            if (random.Next(3) == 0)
                await CommitAsync(log);
        }

        await CommitAsync(log);
    }

    public void Enqueue(DurableLog log, int bytes)
    {
        byte[] payload = LogTesting.Payload(_entries.Count + 1, bytes, _life);
        _entries.Add(payload);
        log.Enqueue(payload.AsSpan(0, bytes / 3), payload.AsSpan(bytes / 3));
    }

    public async Task CommitAsync(DurableLog log)
    {
        int count = _entries.Count;
        await log.CommitAsync();
        _acknowledged = count;
    }

    /// <summary>One life of the log on a disk that may fail: opened, loaded, closed. Returns what ended it, or null if nothing did.</summary>
    public async Task<StorageException?> LiveAsync(FaultyFileSystem fileSystem, Random random, int count)
    {
        DurableLog? log = null;
        try
        {
            log = await OpenAsync(fileSystem);
            await LoadAsync(log, random, count);
            return null;
        }
        catch (StorageException failure)
        {
            return failure;
        }
        finally
        {
            if (log is not null)
                await log.DisposeAsync();
        }
    }

    private void Judge(List<ReplayedEntry> replayed)
    {
        if (replayed.Count < _acknowledged)
            throw new LedgerException($"{_acknowledged} entries were acknowledged or seen, {replayed.Count} are left");
        if (replayed.Count > _entries.Count)
            throw new LedgerException($"{_entries.Count} entries were appended, {replayed.Count} are there");
        for (int i = 0; i < replayed.Count; i++)
        {
            if (replayed[i].Position.Value != i + 1)
                throw new LedgerException($"entry {replayed[i].Position} stands at place {i + 1}");
            if (!replayed[i].Payload.AsSpan().SequenceEqual(_entries[i]))
                throw new LedgerException($"entry {i + 1} is not what was appended");
        }

        _entries.RemoveRange(replayed.Count, _entries.Count - replayed.Count);
        _acknowledged = replayed.Count;
    }
}
