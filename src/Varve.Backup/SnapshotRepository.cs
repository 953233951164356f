using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Backup.Drill;
using Varve.Backup.Prune;
using Varve.Backup.Repositories;
using Varve.Backup.Restore;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Backup.Verify;
using Varve.Storage;
using Varve.Storage.FileSystem;

namespace Varve.Backup;

/// <summary>
/// The snapshots in a repository: taken, listed, verified, restored, pruned. Throws <see cref="BackupException"/> for what is in the repository,
/// <see cref="RepositoryException"/> where it fails, <see cref="StorageException"/> where the node or the restored directory does. Any thread; one snapshot at
/// a time.
/// </summary>
public sealed class SnapshotRepository : IAsyncDisposable
{
    private readonly IRepository _inner;
    private readonly SealedRepository _repository;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private SnapshotRepository(IRepository inner, SealedRepository repository, TimeProvider time, ILogger logger)
    {
        _inner = inner;
        _repository = repository;
        _time = time;
        _logger = logger;
    }

    public string Description => _inner.Description;

    /// <summary>Opens what lies in a repository.</summary>
    /// <param name="inner">Belongs to the result from here on, also where this fails.</param>
    /// <param name="key">The repository's key.</param>
    /// <param name="makes">Whether an empty place becomes a repository.</param>
    /// <param name="time">Says when snapshots are taken.</param>
    /// <param name="logger">Told what is worth knowing besides.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public static async Task<SnapshotRepository> OpenAsync(
        IRepository inner, RootKeySource key, bool makes, TimeProvider? time = null, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        try
        {
            SealedRepository repository = await SealedRepository.OpenAsync(inner, key, makes, cancellationToken).ConfigureAwait(false);
            return new SnapshotRepository(inner, repository, time ?? TimeProvider.System, logger ?? NullLogger.Instance);
        }
        catch
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Throws <see cref="BackupErrorCode.KeyMismatch"/> where no key can be had. Whether it is the repository's is known when that is opened.
    /// </summary>
    public static async Task RequireKeyAsync(RootKeySource key, CancellationToken cancellationToken = default)
    {
        try
        {
            await key.ReadAsync(LinuxFileSystem.Instance, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            throw new BackupException(BackupErrorCode.KeyMismatch, $"the key of the repository cannot be had: {e.Message}", e);
        }
    }

    /// <summary>Takes a snapshot of a node while it goes on. It is there and whole when this completes, and not there at all where this fails.</summary>
    public Task<SnapshotResult> CreateAsync(
        StorageEngine engine, SnapshotOptions? options = null, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new SnapshotRun(_repository, engine, options ?? new SnapshotOptions(), _time, _logger).RunAsync(progress, cancellationToken);

    /// <summary>Begins to ship a node's log, from where the archive ends. The caller disposes it, behind the engine and before this.</summary>
    public Task<LogArchive> OpenArchiveAsync(StorageEngine engine, CancellationToken cancellationToken = default) =>
        LogArchive.OpenAsync(_repository, engine, _time, _logger, cancellationToken);

    /// <summary>All snapshots, the oldest first; those that cannot be read say so.</summary>
    public async Task<IReadOnlyList<SnapshotDescription>> ListAsync(CancellationToken cancellationToken = default)
    {
        Inventory inventory = await Inventory.ReadAsync(_repository, cancellationToken).ConfigureAwait(false);
        IEnumerable<SnapshotDescription> damaged = inventory.Damaged.Select(d => new SnapshotDescription
        {
            Id = d.Key,
            NodeId = Guid.Empty,
            TakenAt = default,
            Position = 0,
            StreamCount = 0,
            RowCount = 0,
            SegmentCount = 0,
            Bytes = 0,
            AddedBytes = 0,
            Damage = d.Value,
        });
        return [.. inventory.Snapshots.Select(s => s.Describe()).Concat(damaged).OrderBy(s => s.Id, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The newest snapshot of the life that a node lives now, which is none of before a restore; null where there is none that can be read. Reads from the
    /// newest on, and no more than it must.
    /// </summary>
    public async Task<SnapshotDescription?> FindNewestAsync(StorageEngine engine, CancellationToken cancellationToken = default) =>
        (await Inventory.FindNewestAsync(_repository, engine.LogId, cancellationToken).ConfigureAwait(false)).Newest?.Describe();

    /// <summary>Lays a snapshot down as a new data directory, whole and proven, or not at all.</summary>
    public async Task<RestoreResult> RestoreAsync(
        RestoreOptions options, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Inventory inventory = await Inventory.ReadAsync(_repository, cancellationToken).ConfigureAwait(false);
        SnapshotManifest manifest = await new SnapshotChoice(_repository, inventory, _time).FindAsync(options.Moment, cancellationToken).ConfigureAwait(false);
        return await new RestoreRun(_repository, manifest, options, _time).RunAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Brings a stream back into a node that runs, under a name that none has there: its columns, rows, offsets, times and settings, but for what it keeps.
    /// It is seen whole or not at all, and what cuts it off leaves nothing. The node goes on meanwhile.
    /// </summary>
    public async Task<StreamRestoreResult> RestoreStreamAsync(
        StorageEngine engine, StreamRestoreOptions options, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        engine.CheckRestore(options.Name);
        Inventory inventory = await Inventory.ReadAsync(_repository, cancellationToken).ConfigureAwait(false);
        SnapshotManifest manifest = await new SnapshotChoice(_repository, inventory, _time).FindAsync(options.Moment, cancellationToken).ConfigureAwait(false);
        return await new StreamRestoreRun(_repository, manifest, options, _time).RunAsync(engine, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Looks whether the repository is whole, and changes nothing: quickly, all by length and a sample opened; in full, every byte opened and everything
    /// decoded.
    /// </summary>
    /// <param name="isFull">Whether everything is opened, then every segment decoded.</param>
    /// <param name="progress">Told of the bytes that were read, of those that are to be.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<VerifyReport> VerifyAsync(
        bool isFull, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new RepositoryCheck(_repository, progress, _time).RunAsync(isFull, cancellationToken);

    /// <summary>Takes away the snapshots that rules do not keep, or that are named, and all that no other needs.</summary>
    /// <param name="rules">Null: only those that are named go.</param>
    /// <param name="named">Snapshots that go in any case, also damaged ones.</param>
    /// <param name="isTrial">Whether it only says what would go.</param>
    /// <param name="cancellationToken">Ends it; the next one goes on.</param>
    public Task<PruneResult> PruneAsync(
        KeepRules? rules, IReadOnlyList<string> named, bool isTrial = false, CancellationToken cancellationToken = default) =>
        new PruneRun(_repository, _time).RunAsync(rules, named, isTrial, cancellationToken);

    /// <summary>
    /// Restores the newest snapshot, and what was archived since, to a scratch place, opens it as a restore does, compares it stream by stream, and removes
    /// it, whatever happens. What differs is in the report; a restore that fails throws as <see cref="RestoreAsync"/> does, and
    /// <see cref="BackupErrorCode.NoRoom"/> where the scratch place has none.
    /// </summary>
    public Task<DrillReport> DrillAsync(DrillOptions options, CancellationToken cancellationToken = default) =>
        new DrillRun(_repository, options, _time, _logger).RunAsync(cancellationToken);

    /// <summary>
    /// Opens a snapshot where it lies, to read and query it without restoring it. What takes room on this machine is the log, not the segments.
    /// </summary>
    /// <param name="options">As for a restore; the directory is scratch, and gone with the result. It holds a key while it is there.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public async Task<SnapshotReader> OpenSnapshotAsync(RestoreOptions options, CancellationToken cancellationToken = default)
    {
        Inventory inventory = await Inventory.ReadAsync(_repository, cancellationToken).ConfigureAwait(false);
        SnapshotManifest manifest = await new SnapshotChoice(_repository, inventory, _time).FindAsync(options.Moment, cancellationToken).ConfigureAwait(false);
        return await new RestoreRun(_repository, manifest, options, _time).OpenInPlaceAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Puts files of segments in the place of damaged ones, in a data directory that no engine has open, from snapshots of that node. A damaged file stays
    /// beside the new one as NAME.damaged. Whether all is well then, a check of the directory says.
    /// </summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="damaged">Paths of files in its directory of segments, there or missing.</param>
    /// <param name="cancellationToken">Ends it; what is not done then is as it was.</param>
    /// <returns>Those that were put back.</returns>
    public async Task<IReadOnlyList<string>> PutBackAsync(
        string directory, IEnumerable<string> damaged, CancellationToken cancellationToken = default)
    {
        Inventory inventory = await Inventory.ReadAsync(_repository, cancellationToken).ConfigureAwait(false);
        return await new SegmentPutBack(_repository, inventory, Path.GetFullPath(directory)).RunAsync(damaged, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
