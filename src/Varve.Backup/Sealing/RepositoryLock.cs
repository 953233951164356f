using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Varve.Backup.Repositories;

namespace Varve.Backup.Sealing;

/// <summary>
/// Says in a repository that somebody adds to it, or takes away from it: one who takes away must be alone. Renewed while it is held; one that was not
/// renewed for ten minutes is of a process that ended, counts no more, and is deleted by who finds it; on the machine where it ended, at once. Whoever comes
/// first puts his down, then looks for others: of two that do not go together at least one sees the other.
/// </summary>
internal sealed class RepositoryLock : IAsyncDisposable
{
    private const string Folder = "locks/";
    private const string Adding = "add-";
    private const string Removing = "remove-";

    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(10);

    /// <summary>So long the end of the work waits for a repository that does not answer; the lock then ends by its age.</summary>
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Those of this process. One that it has put down and not here has been released, but could not be deleted.</summary>
    private static readonly ConcurrentDictionary<string, bool> HeldHere = [];

    private readonly SealedRepository _repository;
    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _renewing = new(1);
    private readonly CancellationTokenSource _released = new();
    private ITimer? _timer;
    private DateTimeOffset _renewedAt;
    private volatile bool _isLost;

    private RepositoryLock(SealedRepository repository, string name, TimeProvider time)
    {
        _repository = repository;
        _name = name;
        _time = time;
    }

    /// <summary>For who adds objects; any number at once. Throws <see cref="BackupErrorCode.Busy"/>.</summary>
    public static Task<RepositoryLock> TakeToAddAsync(SealedRepository repository, TimeProvider time, CancellationToken cancellationToken) =>
        TakeAsync(repository, Adding, [Removing], time, cancellationToken);

    /// <summary>For who removes objects, alone. Throws <see cref="BackupErrorCode.Busy"/>.</summary>
    public static Task<RepositoryLock> TakeToRemoveAsync(SealedRepository repository, TimeProvider time, CancellationToken cancellationToken) =>
        TakeAsync(repository, Removing, [Adding, Removing], time, cancellationToken);

    /// <summary>
    /// To be called before what others rely on, or would miss: throws <see cref="BackupErrorCode.Busy"/> where this process or the repository stood still
    /// for so long that others may count this lock as one of a process that ended.
    /// </summary>
    public void EnsureHeld()
    {
        DateTimeOffset renewedAt;
        lock (_released)
            renewedAt = _renewedAt;
        if (!_isLost && _time.GetUtcNow() - renewedAt < StaleAfter / 2)
            return;
        throw new BackupException(
            BackupErrorCode.Busy,
            $"the work on the repository {_repository.Description} stood still: its lock {_name} could not be renewed since "
            + $"{renewedAt.ToString("u", CultureInfo.InvariantCulture)}, and others may have gone on without it. Nothing half done counts; try again");
    }

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync().ConfigureAwait(false);
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        await _renewing.WaitAsync().ConfigureAwait(false);
        HeldHere.TryRemove(_name, out _);
        try
        {
            using CancellationTokenSource late = new(ReleaseTimeout, _time);
            await _repository.Inner.DeleteAsync(_name, late.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RepositoryException or OperationCanceledException)
        {
            // This process knows that it counts no more, others in ten minutes; what the work has come to is told by the work.
        }
        finally
        {
            _renewing.Release();
        }
    }

    private static async Task<RepositoryLock> TakeAsync(
        SealedRepository repository, string kind, string[] others, TimeProvider time, CancellationToken cancellationToken)
    {
        RepositoryLock taken = new(repository, $"{Folder}{kind}{Guid.NewGuid():n}", time);
        HeldHere[taken._name] = true;
        try
        {
            await taken.WriteAsync(cancellationToken).ConfigureAwait(false);
            await foreach (RepositoryObject item in repository.Inner.ListAsync(Folder, cancellationToken).ConfigureAwait(false))
            {
                if (item.Name != taken._name && others.Any(o => item.Name.StartsWith(Folder + o, StringComparison.Ordinal)))
                    await taken.LookAsync(item.Name, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await taken.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        taken._timer = time.CreateTimer(_ => _ = taken.RenewAsync(), null, RenewEvery, RenewEvery);
        return taken;
    }

    private async Task LookAsync(string name, CancellationToken cancellationToken)
    {
        if (await ReadAsync(name, cancellationToken).ConfigureAwait(false) is var (at, holder) && _time.GetUtcNow() - at < StaleAfter && !HasEnded(name, holder))
        {
            string what = name.StartsWith(Folder + Adding, StringComparison.Ordinal) ? "a snapshot is being taken" : "snapshots are being pruned";
            string who = holder.IsHere ? $"by process {holder.ProcessId} of this machine" : "by another machine or container";
            throw new BackupException(
                BackupErrorCode.Busy,
                string.Create(CultureInfo.InvariantCulture, $"the repository {_repository.Description} is busy: {what}, {who} ({name}, last heard of at {at:u}). ")
                + $"Try again when it is done{(holder.IsHere ? "" : "; if it was cut off, ten minutes after that")}");
        }

        await _repository.Inner.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
    }

    private static bool HasEnded(string name, LockHolder holder) =>
        holder.HasEnded || (holder.IsHere && holder == LockHolder.Self && !HeldHere.ContainsKey(name));

    /// <summary>Null where it is gone, or nobody can have written it.</summary>
    private async Task<(DateTimeOffset RenewedAt, LockHolder Holder)?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            byte[] content = await _repository.ReadAsync(ObjectKind.Lock, name, cancellationToken).ConfigureAwait(false);
            return content.Length != sizeof(long) + LockHolder.Bytes ? null : (
                DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(content)), LockHolder.Read(content.AsSpan(sizeof(long))));
        }
        catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
        {
            return null;
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        byte[] content = new byte[sizeof(long) + LockHolder.Bytes];
        BinaryPrimitives.WriteInt64LittleEndian(content, now.ToUnixTimeMilliseconds());
        LockHolder.Self.Write(content.AsSpan(sizeof(long)));
        await _repository.PutAsync(ObjectKind.Lock, _name, content, replaces: true, cancellationToken).ConfigureAwait(false);
        lock (_released)
            _renewedAt = now;
    }

    private async Task RenewAsync()
    {
        await _renewing.WaitAsync().ConfigureAwait(false);
        try
        {
            _released.Token.ThrowIfCancellationRequested();

            // Whoever found it too old has deleted it, and goes on as if nobody were here.
            if (await ReadAsync(_name, _released.Token).ConfigureAwait(false) is null)
                _isLost = true;
            else
                await WriteAsync(_released.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RepositoryException or OperationCanceledException)
        {
            // The next minute tries again; where the repository stays away, the work fails by itself.
        }
        finally
        {
            _renewing.Release();
        }
    }
}
