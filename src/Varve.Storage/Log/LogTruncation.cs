using Microsoft.Extensions.Logging;

namespace Varve.Storage.Log;

/// <summary>
/// Where the log begins, and how it comes to begin further on: first both commit records say so, then whole files before are deleted. So a file is
/// only ever missing where the records do not ask for it, and one that is left over means nothing. Any thread; one truncation at a time, the others
/// wait.
/// </summary>
internal sealed class LogTruncation(Committer committer, LogFiles files, PageIndex pages, CommitSlot opened, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<LogHold> _holds = [];
    private Task _newest = Task.CompletedTask;
    private long _beginAddress = opened.BeginAddress;
    private long _beginPosition = opened.BeginPosition.Value;

    /// <summary>FASTER's address of the first entry: the start of a page.</summary>
    public long BeginAddress => Volatile.Read(ref _beginAddress);

    public LogPosition BeginPosition => new(Volatile.Read(ref _beginPosition));

    /// <summary>
    /// Keeps all entries from one on, unless they are gone already, until it is disposed. A truncation that is under way is of entries that a
    /// checkpoint has let go before.
    /// </summary>
    public LogHold Hold(LogPosition from)
    {
        lock (_gate)
        {
            LogHold hold = new(from, Release);
            _holds.Add(hold);
            return hold;
        }

        void Release(LogHold hold)
        {
            lock (_gate)
                _holds.Remove(hold);
        }
    }

    /// <param name="upTo">The newest entry that is needed by nobody.</param>
    public Task RunAsync(LogPosition upTo)
    {
        lock (_gate)
            return _newest = RunAfterAsync(_newest, upTo);
    }

    /// <summary>Says why a position can't be read.</summary>
    public StorageException Gone(LogPosition position) =>
        new(StorageErrorCode.OffsetOutOfRange, $"entry {position} was asked for; the log begins at {BeginPosition}");

    private async Task RunAfterAsync(Task before, LogPosition upTo)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // The newest durable entry stays: behind it FASTER may not have written all that belongs to the files before.
        LogPosition kept = upTo < committer.DurableUpTo ? upTo.Next : committer.DurableUpTo;
        lock (_gate)
        {
            foreach (LogHold hold in _holds)
                kept = hold.From < kept ? hold.From : kept;
        }

        if (kept <= BeginPosition)
            return;
        (long page, LogPosition first) = pages.Find(kept);
        if (first <= BeginPosition)
            return;
        long address = files.Layout.PageStart(page);
        await committer.MoveBeginAsync(address, first).ConfigureAwait(false);
        Volatile.Write(ref _beginPosition, first.Value);
        Volatile.Write(ref _beginAddress, address);
        pages.RemoveBefore(page);
        Delete(files.Layout.File(address));
    }

    private void Delete(long firstKept)
    {
        try
        {
            files.DeleteBefore(firstKept);
        }
        catch (IOException failure)
        {
            logger.LogWarning(failure, "Files of the log that are not needed any more could not be deleted; that is tried again");
        }
    }
}
