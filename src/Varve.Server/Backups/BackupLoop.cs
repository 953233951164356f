using Microsoft.Extensions.Logging;
using Varve.Backup;
using Varve.Server.Configuration;
using Varve.Storage;

namespace Varve.Server.Backups;

/// <summary>
/// Takes snapshots, ships the log and holds drills by the clock. What fails is logged, and tried again. Stopped before the engine, disposed after it.
/// </summary>
internal sealed class BackupLoop : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(5);

    /// <summary>What goes on failing in the same way is said again so often.</summary>
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly VarveServerOptions.BackupSection _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogShipping? _shipping;
    private Task _running = Task.CompletedTask;

    public BackupLoop(
        StorageEngine engine, NodeBackups backups, BackupLedger ledger, VarveServerOptions.BackupSection settings, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _time = time;
        _logger = logger;
        IReadOnlyList<string> locations = BackupRules.Repositories(settings);
        if (settings.Archive > TimeSpan.Zero)
            _shipping = new LogShipping(locations[0], engine, backups, ledger, settings, time, logger);
        Schedules = [.. locations.Select(l => new RepositorySchedule(l, l == _shipping?.Location ? _shipping : null, backups, ledger, settings, time))];
    }

    /// <summary>One for each repository, in the order of the configuration.</summary>
    public IReadOnlyList<RepositorySchedule> Schedules { get; }

    public void Start()
    {
        List<Task> tasks = [];
        foreach (RepositorySchedule schedule in Schedules)
        {
            if (_settings.Every > TimeSpan.Zero)
                tasks.Add(RepeatAsync($"a snapshot into {schedule.Location}", Shorter(_settings.Every, LookEvery), schedule.SnapshotIfDueAsync));
            if (_settings.DrillEvery > TimeSpan.Zero)
                tasks.Add(RepeatAsync($"a drill of {schedule.Location}", Shorter(_settings.DrillEvery, LookEvery), schedule.DrillIfDueAsync));
        }

        if (_shipping is not null)
        {
            tasks.Add(RepeatAsync($"the archive in {_shipping.Location}", _settings.Archive, _shipping.ShipAsync));
            if (_settings.ArchiveLagMax > TimeSpan.Zero)
            {
                tasks.Add(RepeatAsync($"the watch over the archive in {_shipping.Location}", Shorter(_settings.ArchiveLagMax, WatchEvery), _ =>
                {
                    _shipping.WatchLag();
                    return Task.CompletedTask;
                }));
            }
        }

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
        if (_shipping is not null)
            await _shipping.DisposeAsync();
        _stop.Dispose();
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private async Task RepeatAsync(string what, TimeSpan every, Func<CancellationToken, Task> action)
    {
        using PeriodicTimer timer = new(every, _time);
        string? told = null;
        long toldAt = 0;
        do
        {
            try
            {
                await action(_stop.Token);
                told = null;
            }
            catch (BackupException e) when (e.Code == BackupErrorCode.Busy)
            {
                _logger.LogWarning("{What} has to wait: {Reason}", what, e.Message);
            }
#pragma warning disable CA1031 // Whatever it is, backups that end without a word would be missed when they are needed.
            catch (Exception e) when (!_stop.IsCancellationRequested)
#pragma warning restore CA1031
            {
                bool isNews = told != e.Message || _time.GetElapsedTime(toldAt) >= TellAgainAfter;
                (told, toldAt) = isNews ? (e.Message, _time.GetTimestamp()) : (told, toldAt);
                _logger.Log(isNews ? LogLevel.Error : LogLevel.Debug, e, "{What} failed, and is tried again: {Reason}", what, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }
}
