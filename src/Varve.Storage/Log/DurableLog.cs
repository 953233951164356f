using FASTER.core;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// The node's one durable sequence of entries, on FASTER's FasterLog.
/// One thread at a time enqueues (the sequencer); any thread may commit, read the positions, and read entries.
/// </summary>
/// <remarks>
/// FASTER is the ring of pages in memory and the order of their flushes. What makes the log safe is around it: the <see cref="LogDevice"/> with true
/// syncs, the <see cref="Committer"/>, the header of every entry (<see cref="EntryHeader"/>), the <see cref="ControlFile"/> and
/// <see cref="LogRecovery"/>, which alone decides what the log holds.
/// </remarks>
internal sealed class DurableLog : IAsyncDisposable
{
    private readonly FasterLog _log;
    private readonly LogDevice _device;
    private readonly Committer _committer;
    private readonly ZeroFill _zeroFill;
    private readonly ControlFile _control;
    private readonly LogFiles _files;
    private readonly PageIndex _pages;
    private readonly LogTruncation _truncation;
    private readonly uint _incarnation;
    private readonly long _term;

    private DurableLog(DurableLogOptions options, ControlFile control, LogFiles files, LogRecovery recovered)
    {
        _control = control;
        _files = files;
        _pages = recovered.Pages;
        _incarnation = control.Newest.Incarnation;
        _term = options.Term;
        _zeroFill = new ZeroFill(files, options.ZeroAheadAtFirstBytes, options.ZeroAheadBytes, options.Logger);
        _device = new LogDevice(files, _zeroFill, () => _committer?.Wake());
        _log = new FasterLog(new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitManager = new VerifiedTail(control.Newest.BeginAddress, recovered.Tail),
            PageSize = options.PageBytes,
            MemorySize = options.MemoryBytes,
            SegmentSize = options.SegmentBytes,
            // The header of every entry has a better checksum, and recovery is ours.
            LogChecksum = LogChecksumType.None,
            FastCommitMode = false,
            // The constructor would swallow the errors of recovery.
            TryRecoverLatest = false,
        });
        _committer = new Committer(_log, _device, control, _zeroFill, files.Layout, recovered.Newest, options);
        Space = new LogSpace(files, recovered.Tail, () => _log.TailAddress, options.Time, options.Logger);
        _truncation = new LogTruncation(_committer, files, _pages, control.Newest, options.Logger);
    }

    /// <summary>Random, drawn when the log was made: tells it from any other log, also from one that was restored from its copy.</summary>
    public Guid LogId => _control.Header.LogId;

    /// <summary>The largest head + body of one entry.</summary>
    public int MaxPayloadBytes => _files.Layout.MaxPayloadBytes;

    /// <summary>The oldest entry that the log holds, or will hold while it is empty.</summary>
    public LogPosition BeginPosition => _truncation.BeginPosition;

    /// <summary>Room for entries to come. Who wants to survive a full disk takes it before <see cref="Enqueue"/>.</summary>
    public LogSpace Space { get; }

    /// <summary>Bytes of the pages that entries stand in; the unused end of a page can be nearly as long.</summary>
    public int PageBytes => _files.Layout.PageBytes;

    /// <summary>The newest entry handed in.</summary>
    public LogPosition AppendedUpTo => _committer.AppendedUpTo;

    /// <summary>The newest entry that can no longer be lost. Never above <see cref="AppendedUpTo"/>.</summary>
    public LogPosition DurableUpTo => _committer.DurableUpTo;

    /// <summary>What the log's entries take on the disk, with their headers and the ends of pages that no entry fits.</summary>
    public long BytesOnDisk => _log.FlushedUntilAddress - _truncation.BeginAddress;

    /// <summary>The same, with all that was let go: it only grows, and goes on after a restart.</summary>
    public long EndBytes => _log.FlushedUntilAddress;

    /// <summary>Why the log is dead, or null while it lives.</summary>
    public StorageException? Failure => _committer.Failure;

    /// <summary>
    /// Opens or creates the log. Every entry in it is handed to <paramref name="replay"/> in order before this returns. Damage ends in
    /// <see cref="StorageErrorCode.Corruption"/> that names position, file and offset; what was written but never acknowledged may be cut.
    /// </summary>
    /// <param name="options">How.</param>
    /// <param name="replay">Takes an entry.</param>
    /// <param name="judge">Called behind the last entry, before anything is changed: what it throws ends the opening.</param>
    /// <param name="cancellationToken">Ends the opening between two pages.</param>
    public static Task<DurableLog> OpenAsync(
        DurableLogOptions options, Action<LogEntry> replay, Action judge, CancellationToken cancellationToken) =>
        Task.Run(() => LogOpening.Open(options, replay, judge, Start, cancellationToken), cancellationToken);

    /// <inheritdoc cref="OpenAsync(DurableLogOptions, Action{LogEntry}, Action, CancellationToken)"/>
    public static Task<DurableLog> OpenAsync(DurableLogOptions options, Action<LogEntry> replay, CancellationToken cancellationToken) =>
        OpenAsync(options, replay, static () => { }, cancellationToken);

    /// <summary>
    /// Gives the entry head + body the next position and copies it. One thread at a time. Blocks while the log's memory waits for the disk.
    /// Durable only after a <see cref="CommitAsync"/> called later.
    /// </summary>
    public unsafe LogPosition Enqueue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        _committer.ThrowIfDead();
        if ((long)head.Length + body.Length > MaxPayloadBytes)
        {
            throw new StorageException(
                StorageErrorCode.BatchTooLarge, $"an entry of {(long)head.Length + body.Length} bytes does not fit the log's limit of {MaxPayloadBytes}");
        }

        LogPosition position = AppendedUpTo.Next;
        var header = new EntryHeader(
            position, _term, head.Length + body.Length, PayloadChecksum: 0, _incarnation, (uint)(position.Value - DurableUpTo.Value));
        long address;
        fixed (byte* headStart = head, bodyStart = body)
        {
            var entry = new EntryWriter(headStart, head.Length, bodyStart, body.Length, header, _files.Salt);
            for (long finished = _committer.FinishedWrites; !_log.TryEnqueue(entry, out address); finished = _committer.FinishedWrites)
                _committer.WaitForRoom(finished);
        }

        _pages.Add(_files.Layout.Page(address), position);
        _committer.AppendedUpTo = position;
        return position;
    }

    /// <summary>
    /// Completes when everything enqueued before the call is durable. Calls that come while a commit is under way share the next one.
    /// Throws <see cref="StorageErrorCode.NodeStopped"/> or <see cref="StorageErrorCode.DiskFull"/>, after which the log is dead for ever.
    /// </summary>
    public Task CommitAsync() => _committer.CommitAsync();

    /// <summary>
    /// As <see cref="CommitAsync"/>, but what awaits the task goes on on the committing thread: the sequencer has its next group on its way without a
    /// change of threads. Who keeps the thread keeps the log from committing, and who waits there for a commit waits for ever.
    /// </summary>
    public Task CommitInPlaceAsync() => _committer.CommitAsync(continueInPlace: true);

    /// <summary>
    /// Lets go of the entries up to a position, as far as whole files and pages do: those before <see cref="BeginPosition"/> are gone when it
    /// completes, and no crash brings them back. The newest durable entry always stays. Throws where the log is dead; files that can't be deleted are
    /// left to the next call or the next opening. Any thread.
    /// </summary>
    public Task TruncateAsync(LogPosition upTo) => _truncation.RunAsync(upTo);

    /// <summary>Keeps entries from a position on until it is disposed, for a reader that must find them. Any thread.</summary>
    public LogHold Hold(LogPosition from) => _truncation.Hold(from);

    /// <summary>
    /// Durable entries from a position on, up to what is durable when the call is made, read from the disk. A payload is valid until the next entry
    /// is asked for. <see cref="StorageErrorCode.OffsetOutOfRange"/> for a position before the first entry, also where it goes meanwhile.
    /// </summary>
    public IAsyncEnumerable<LogEntry> ReadAsync(LogPosition from, CancellationToken cancellationToken) =>
        new LogReader(_files, _pages, _truncation).ReadAsync(from, DurableUpTo, cancellationToken);

    /// <summary>As the other, read by way of another file system.</summary>
    public IAsyncEnumerable<LogEntry> ReadAsync(LogPosition from, IFileSystem by, CancellationToken cancellationToken) =>
        new LogReader(_files.By(by), _pages, _truncation).ReadAsync(from, DurableUpTo, cancellationToken);

    /// <summary>
    /// Commits what is enqueued and closes. Throws nothing for a log that failed before, or that fails now: nobody was told of a success.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Space.Dispose();
        await _committer.CommitAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _committer.StopAsync().ConfigureAwait(false);
        await _zeroFill.StopAsync().ConfigureAwait(false);
        _log.Dispose();
        _device.Dispose();
        _control.Dispose();
    }

    private static DurableLog Start(DurableLogOptions options, ControlFile control, LogFiles files, LogRecovery recovered)
    {
        var log = new DurableLog(options, control, files, recovered);
        try
        {
            log._log.Recover();
            if (log._log.TailAddress != recovered.Tail)
                throw new StorageException(
                    StorageErrorCode.NodeStopped, $"FASTER starts at address {log._log.TailAddress} where {recovered.Tail} was asked for");

            // So that the first appends do not wait for it, and what the recovery itself writes finds room. A full disk is no reason not to open.
            log.Space.TryTake(options.PageBytes, usesKeptBack: false);
        }
        catch
        {
            log.Space.Dispose();
            log._log.Dispose();
            log._device.Dispose();
            throw;
        }

        log._committer.Start();
        log._zeroFill.Advance(recovered.Tail);
        return log;
    }
}
