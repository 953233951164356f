using Microsoft.Extensions.Logging;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Server.Configuration;
using Varve.Storage;

namespace Varve.Server.Backups;

/// <summary>Takes snapshots and ships the log by the clock. What fails is logged, and tried again. Stopped before the engine, disposed after it.</summary>
internal sealed class BackupLoop(StorageEngine engine, NodeBackups backups, VarveServerOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<string> _repositories = BackupRules.Repositories(options.Backup);
    private Task _running = Task.CompletedTask;
    private SnapshotRepository? _repository;
    private LogArchive? _archive;

    public void Start()
    {
        List<Task> tasks = [];
        if (options.Backup.Every > TimeSpan.Zero)
            tasks.AddRange(_repositories.Select(r => RepeatAsync($"a snapshot into {r}", Shorter(options.Backup.Every), () => SnapshotIfDueAsync(r))));
        if (options.Backup.Archive > TimeSpan.Zero)
            tasks.Add(RepeatAsync($"the archive in {_repositories[0]}", options.Backup.Archive, ShipAsync));
        _running = Task.WhenAll(tasks);
    }

    /// <summary>What is under way is called off.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        _archive?.Dispose();
        if (_repository is not null)
            await _repository.DisposeAsync();
        _stop.Dispose();
    }

    private static TimeSpan Shorter(TimeSpan every) => every < LookEvery ? every : LookEvery;

    private async Task RepeatAsync(string what, TimeSpan every, Func<Task> action)
    {
        using PeriodicTimer timer = new(every, time);
        do
        {
            try
            {
                await action();
            }
#pragma warning disable CA1031 // Whatever it is, backups that end without a word would be missed when they are needed.
            catch (Exception e) when (!_stop.IsCancellationRequested)
#pragma warning restore CA1031
            {
                logger.LogError(e, "{What} failed, and is tried again: {Reason}", what, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    private async Task SnapshotIfDueAsync(string repository)
    {
        if (await backups.NewestAsync(repository, _stop.Token) is { } newest && time.GetUtcNow() - newest < options.Backup.Every)
            return;
        await backups.CreateAsync(repository, 0, null, _stop.Token);
        if (KeepRules.TryParse(options.Backup.Keep, out KeepRules rules))
            await backups.PruneAsync(repository, rules, _stop.Token);
    }

    private async Task ShipAsync()
    {
        try
        {
            _repository ??= await backups.OpenAsync(_repositories[0], _stop.Token);
            _archive ??= await _repository.OpenArchiveAsync(engine, _stop.Token);
            await _archive.ShipAsync(_stop.Token);
        }
        catch (Exception e) when (e is BackupException or RepositoryException && engine.Statistics.LogBytes > options.Backup.ArchiveLogBytesMax)
        {
            logger.LogCritical("The log is larger than Backup:ArchiveLogBytesMax and is let go: the archive has a gap until the next snapshot");
            if (_archive is null)
                LogArchive.LetGo(engine);
            _archive?.Dispose();
            _archive = null;
            throw;
        }
    }
}
