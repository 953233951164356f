using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Log;

/// <summary>
/// The checker of crash tests. It knows what was acknowledged and what was merely tried, and judges what a log replays after a crash: everything
/// acknowledged is there, in order, unchanged; of what was only tried a prefix may be there; nothing else is; and what was replayed once has been
/// seen, so it may not vanish later. Of a log that is truncated, only what was let go may be missing, and it does not come back. One thread.
/// </summary>
internal sealed class Ledger(Func<FaultyFileSystem, DurableLogOptions> options, int largestBytes, bool truncates = false)
{
    private readonly List<byte[]> _entries = [];
    private int _acknowledged;
    private long _mayBeGone;
    private long _isGone;
    private int _life;

    public Ledger(long zeroAheadBytes = 0, bool truncates = false)
        : this(fileSystem => LogTesting.Small(LogTesting.InMemory, fileSystem) with { ZeroAheadBytes = zeroAheadBytes }, largestBytes: 3500, truncates)
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
            if (truncates && random.Next(6) == 0)
                await TruncateAsync(log, random.NextInt64(_acknowledged + 2));
        }

        await CommitAsync(log);
    }

    public async Task TruncateAsync(DurableLog log, long upTo)
    {
        _mayBeGone = Math.Max(_mayBeGone, Math.Min(upTo, _acknowledged));
        await log.TruncateAsync(new LogPosition(upTo));
        _isGone = log.BeginPosition.Value - 1;
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
        long gone = replayed.Count == 0 ? 0 : replayed[0].Position.Value - 1;
        int newest = (int)gone + replayed.Count;
        if (newest < _acknowledged)
            throw new LedgerException($"{_acknowledged} entries were acknowledged or seen, {newest} are left");
        if (newest > _entries.Count)
            throw new LedgerException($"{_entries.Count} entries were appended, {newest} are there");
        if (gone > _mayBeGone || gone < _isGone)
            throw new LedgerException($"entries up to {gone} are gone, where {_isGone} are and {_mayBeGone} may be");
        for (int i = 0; i < replayed.Count; i++)
        {
            int position = (int)gone + i + 1;
            if (replayed[i].Position.Value != position)
                throw new LedgerException($"entry {replayed[i].Position} stands at place {position}");
            if (!replayed[i].Payload.AsSpan().SequenceEqual(_entries[position - 1]))
                throw new LedgerException($"entry {position} is not what was appended");
        }

        _entries.RemoveRange(newest, _entries.Count - newest);
        _acknowledged = newest;
        _isGone = gone;
    }
}
