using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Varve.Backup.Archive;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Log;

namespace Varve.Backup;

/// <summary>
/// Ships a node's log to a repository, piece by piece, each with the segments that its entries name; keys go first. What is not shipped yet stays on the
/// node's disk: the engine has to be opened with <see cref="StorageOptions.KeepsLogForArchive"/>. One thread at a time.
/// </summary>
public sealed class LogArchive : IDisposable
{
    private const int UnansweredMax = 64;

    private readonly SealedRepository _repository;
    private readonly StorageEngine _engine;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ArchiveReader _reader;
    private readonly LogHold _logHold;

    /// <summary>What was put under the next number without an answer, so that it may be there all the same: its hash, and where the log ended.</summary>
    private readonly Queue<(byte[] Hash, long EndBytes)> _unanswered = new();

    private IDisposable _newest;
    private KeyringContent? _keys;
    private bool _hasKeys;
    private ArchiveRange _range;
    private long _replacesUpTo;
    private long _archivedUpTo;
    private long _shippedUpToBytes;

    private LogArchive(SealedRepository repository, StorageEngine engine, TimeProvider time, ILogger logger)
    {
        _repository = repository;
        _engine = engine;
        _time = time;
        _logger = logger;
        _reader = new ArchiveReader(repository, engine.LogId);
        (_logHold, _newest) = engine.HoldForArchive();
    }

    /// <summary>Everything up to here can be restored from the repository, given a snapshot that the archive goes on from.</summary>
    public long ArchivedUpTo => Interlocked.Read(ref _archivedUpTo);

    /// <summary>How many pieces were shipped by this one.</summary>
    public long ShippedCount { get; private set; }

    /// <summary>What it added to the repository, but for the pieces' own lists.</summary>
    public long AddedBytes { get; private set; }

    /// <summary>Where in all that the log was ever given (<see cref="StorageStatistics.LogEndBytes"/>) the archive ends, about and not behind.</summary>
    public long ShippedUpToBytes => Interlocked.Read(ref _shippedUpToBytes);

    /// <summary>
    /// The archive goes on behind this position, where entries before it are in no earlier piece: only a snapshot at or behind it makes it of use. Null
    /// where it goes on without a gap.
    /// </summary>
    public long? GapUpTo { get; private set; }

    internal static async Task<LogArchive> OpenAsync(
        SealedRepository repository, StorageEngine engine, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        await repository.RequireThereAsync(cancellationToken).ConfigureAwait(false);
        ArchiveReader reader = new(repository, engine.LogId);
        (ArchiveRange range, _, _) = await reader.ReadRangeAsync(cancellationToken).ConfigureAwait(false);
        ArchivePiece? last = null;
        long number = range.Last;
        while (last is null && number >= range.First)
        {
            (last, string? problem) = await reader.TryReadAsync(number, cancellationToken).ConfigureAwait(false);
            if (last is not null)
                break;
            logger.LogError("The archive in {Repository} is damaged at its end: {Problem}", repository.Description, problem);
            number--;
        }

        // Only now the engine hands over what it keeps: where the repository does not answer, it keeps it on. Numbers behind the last whole piece are given
        // again: what was lost there is shipped once more, as far as the log still has it.
        LogArchive archive = new(repository, engine, time, logger) { _range = range with { Last = number }, _replacesUpTo = range.Last };
        archive.GoOnFrom(last?.LastPosition);
        return archive;
    }

    /// <summary>Has a node let go of the log that it keeps for an archive that cannot be opened.</summary>
    public static void LetGo(StorageEngine engine)
    {
        (LogHold log, IDisposable segments) = engine.HoldForArchive();
        log.Dispose();
        segments.Dispose();
    }

    /// <summary>
    /// Ships what is visible now. False where there is nothing new. Throws <see cref="BackupException"/> with <see cref="BackupErrorCode.Busy"/> while
    /// the repository is pruned, and where the repository fails; nothing is lost, the next call ships it.
    /// </summary>
    public async Task<bool> ShipAsync(CancellationToken cancellationToken = default)
    {
        if (_engine.VisibleUpTo.Value <= _archivedUpTo)
            return false;
        await using RepositoryLock held = await RepositoryLock.TakeToAddAsync(_repository, _time, cancellationToken).ConfigureAwait(false);
        await LookAsync(cancellationToken).ConfigureAwait(false);
        if (_engine.VisibleUpTo.Value <= _archivedUpTo)
            return true;
        long endBytes = _engine.Statistics.LogEndBytes;
        NodeCapture capture = await _engine.CaptureAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ShipAsync(capture, endBytes, held, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            capture.Dispose();
            throw;
        }

        // Segments that were replaced since the last capture were held by that one until they were shipped.
        capture.ReleaseLog();
        _newest.Dispose();
        _newest = capture;
        MoveTo(capture.Position.Value, endBytes);
        return true;
    }

    public void Dispose()
    {
        _newest.Dispose();
        _logHold.Dispose();
    }

    /// <summary>Where the log does not reach back to the newest piece, there is a gap that only a snapshot closes.</summary>
    private void GoOnFrom(long? end)
    {
        long begin = _logHold.From.Value;
        if (!(end >= begin - 1))
            GapUpTo = begin - 1;
        if (end < begin - 1)
        {
            _logger.LogError(
                "The archive in {Repository} ends at position {End}, but the log begins at {Begin}: what was between can only be restored by snapshots",
                _repository.Description, end, begin);
        }

        StorageStatistics statistics = _engine.Statistics;
        MoveTo(Math.Max(end ?? 0, begin - 1), statistics.LogEndBytes - statistics.LogBytes);
    }

    private void MoveTo(long position, long endBytes)
    {
        Interlocked.Exchange(ref _archivedUpTo, position);
        Interlocked.Exchange(ref _shippedUpToBytes, endBytes);
        _logHold.MoveTo(new LogPosition(position + 1));
    }

    /// <summary>Finds out what there is by now: pruning moves where the archive begins, and what was put without an answer may be there.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            _range = _range with { First = (await _reader.ReadWrittenRangeAsync(cancellationToken).ConfigureAwait(false)).First };
        }
        catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
        {
            // Behind a piece it is written anyway. Where none is yet, an archiver that ends between the two must not look like one that lost it.
            if (_range.Last < _range.First)
                await _reader.WriteRangeAsync(_range, cancellationToken).ConfigureAwait(false);
        }

        if (_unanswered.Count == 0 || (await _reader.TryReadAsync(_range.Last + 1, cancellationToken).ConfigureAwait(false)).Piece is not { } there)
            return;
        byte[] hash = SHA256.HashData(there.ToBytes());
        foreach ((_, long endBytes) in _unanswered.Where(u => u.Hash.AsSpan().SequenceEqual(hash)).Take(1).ToArray())
        {
            await CountAsync(cancellationToken).ConfigureAwait(false);
            MoveTo(there.LastPosition, endBytes);
        }
    }

    private async Task ShipAsync(NodeCapture capture, long endBytes, RepositoryLock held, CancellationToken cancellationToken)
    {
        await WriteKeysAsync(capture, cancellationToken).ConfigureAwait(false);
        ObjectStore store = ObjectStore.Blind(_repository);
        ArchiveCopy copy = new(capture, store, RepositoryKeyring.Open(_keys, _time));
        ArchivePiece piece = await copy.RunAsync(new LogPosition(_archivedUpTo + 1), _logger, cancellationToken).ConfigureAwait(false);
        byte[] content = piece.ToBytes();
        string name = _reader.NameOf(_range.Last + 1);
        held.EnsureHeld();
        if (_unanswered.Count == UnansweredMax)
            _unanswered.Dequeue();
        _unanswered.Enqueue((SHA256.HashData(content), endBytes));
        if (!await _repository.PutAsync(ObjectKind.Archive, name, content, _range.Last < _replacesUpTo, cancellationToken).ConfigureAwait(false))
        {
            throw new BackupException(
                BackupErrorCode.AlreadyExists, $"object {name} is there already: somebody else archives this node's log to {_repository.Description}");
        }

        AddedBytes += store.AddedBytes;
        await CountAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes down that there is one piece more. Damaged pieces behind it go: what they held is in the log and shipped from there, or was told as a gap; a
    /// restore would take them for what follows.
    /// </summary>
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        ArchiveRange range = _range with { Last = _range.Last + 1 };
        for (; _replacesUpTo > range.Last; _replacesUpTo--)
            await _repository.Inner.DeleteAsync(_reader.NameOf(_replacesUpTo), cancellationToken).ConfigureAwait(false);
        await _reader.WriteRangeAsync(range, cancellationToken).ConfigureAwait(false);
        _range = range;
        _unanswered.Clear();
        ShippedCount++;
    }

    private async Task WriteKeysAsync(NodeCapture capture, CancellationToken cancellationToken)
    {
        if (_hasKeys && (capture.Keys is null || capture.Keys.IsSame(_keys!)))
            return;
        await new HistoryStore(_repository, capture.LogId).UpdateAsync(
            h =>
            {
                KeyringContent? keys = h.Keys is { } earlier ? capture.Keys?.Continue(earlier) : capture.Keys;
                return h.Number > 0 && (keys is null || keys.IsSame(h.Keys!)) ? null : h with { Keys = keys };
            },
            cancellationToken).ConfigureAwait(false);
        _keys = capture.Keys;
        _hasKeys = true;
    }
}
