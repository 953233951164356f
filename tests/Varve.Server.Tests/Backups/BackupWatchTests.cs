using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Backup;
using Varve.Backup.Journal;
using Varve.Backup.Repositories;
using Varve.Protocol.V1;
using Varve.Server.Configuration;
using Varve.Server.Tests.Metrics;
using Varve.Storage;
using Varve.Testing;

namespace Varve.Server.Tests.Backups;

/// <summary>What goes wrong with backups is loud: in the log, in the status, in the metrics, on the page of readiness.</summary>
public sealed class BackupWatchTests : IDisposable
{
    private const string KeyVariable = "VARVE_TEST_WATCHED_REPOSITORY_KEY";

    private readonly TempDirectory _directory = new("watch");

    private string Repository => _directory.File("repository");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_drill_by_the_clock_is_in_status_and_metrics_and_one_that_fails_is_loud_and_remembered()
    {
        VarveServerOptions options = Options();
        options.Backup.Every = TimeSpan.FromHours(1);
        options.Backup.Keep = "14d";
        options.Backup.DrillEvery = TimeSpan.FromMilliseconds(200);
        using LogCapture log = new();
        await using (VarveServer server = await VarveServer.StartAsync(options, log.Factory))
        {
            await FillAsync(server.Engine, 1_000, 10);
            await UntilAsync(server, r => Job(r, BackupJobKind.Drill).Runs > 0, "a drill");
            RepositoryStatus well = await StatusAsync(server);
            Assert.Equal((Repository, "14d", 3_600.0), (well.Repository, well.Keep, well.Every.ToTimeSpan().TotalSeconds));
            Assert.All(well.Jobs, j => Assert.Equal("", j.Error));
            Assert.Equal([BackupJobKind.Snapshot, BackupJobKind.Prune, BackupJobKind.Drill], well.Jobs.Select(j => j.Kind));
            Assert.All(well.Jobs, j => Assert.NotNull(j.NextDue));
            Assert.Null(well.Lag);
            PrometheusScrape metrics = await ScrapeAsync(server);
            Assert.True(metrics["varve_backup_last_success_seconds", Labels("drill")] > 1.7e9);
            Assert.Equal(0, metrics["varve_backup_failed", Labels("drill")]);
            Assert.Equal("ready\n", await PageAsync(server, "/health/ready"));

            foreach (string file in Directory.GetFiles(Path.Combine(Repository, "snapshots")))
                await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..100]);
            await UntilAsync(server, r => Job(r, BackupJobKind.Drill).Error.Length > 0, "a drill that fails");
            BackupJobStatus drill = Job(await StatusAsync(server), BackupJobKind.Drill);
            Assert.Contains("no snapshot that can be read", drill.Error, StringComparison.Ordinal);
            Assert.True(drill.Failures > 0 && drill.LastSuccess is not null && drill.LastSuccess.ToDateTime() < drill.LastStarted.ToDateTime());
            metrics = await ScrapeAsync(server);
            Assert.Equal(1, metrics["varve_backup_failed", Labels("drill")]);
            Assert.True(metrics["varve_backup_failures_total", Labels("drill")] >= 1);
            Assert.Contains("warning: the last drill of a backup failed", await PageAsync(server, "/health/ready"), StringComparison.Ordinal);

            // The same failure again and again is one error.
            Assert.Single(log.Entries, e => e.Level == LogLevel.Error && e.Message.StartsWith("a drill of", StringComparison.Ordinal));
        }

        options.Backup.DrillEvery = TimeSpan.FromDays(1);
        await using (VarveServer again = await VarveServer.StartAsync(options, log.Factory))
        {
            BackupJobStatus drill = Job(await StatusAsync(again), BackupJobKind.Drill);
            Assert.Equal(JobJournal.EarlierFailure, drill.Error);
            Assert.Equal(0, drill.Runs);
            Assert.NotNull(drill.LastSuccess);
        }
    }

    /// <summary>
    /// The repository is away while the log grows beyond its bound: the log is let go, which leaves a gap. When it is back, the archive goes on, the gap is
    /// told until there is a snapshot to go on from, and then everything can be restored again.
    /// </summary>
    [Fact]
    public async Task A_log_beyond_its_bound_is_let_go_and_the_next_snapshot_heals_the_archive()
    {
        VarveServerOptions options = Options();
        options.Backup.Every = TimeSpan.FromHours(1);
        options.Backup.Archive = TimeSpan.FromMilliseconds(50);
        options.Backup.ArchiveLagMax = TimeSpan.FromSeconds(1);
        options.Backup.ArchiveLogBytesMax = 64 << 20;
        using LogCapture log = new();
        await using VarveServer server = await VarveServer.StartAsync(options, log.Factory);
        await FillAsync(server.Engine, 1_000, 10);
        await UntilAsync(server, r => r.Lag is { Positions: 0, ArchivedUpTo: > 0 } && Job(r, BackupJobKind.Snapshot).Runs > 0, "the archive");

        string away = _directory.File("away");
        Directory.Move(Repository, away);
        await File.WriteAllTextAsync(Repository, "what stands here is no repository");
        for (int i = 0; server.Engine.Statistics.LogBytes <= options.Backup.ArchiveLogBytesMax; i++)
            await FillAsync(server.Engine, 64, 64 << 10);
        await Until.True(() => log.Entries.Any(e => e.Level == LogLevel.Critical), "the log is let go");
        await Until.True(() => log.Entries.Any(e => e.Level == LogLevel.Error && e.Message.Contains("more than Backup:ArchiveLagMax", StringComparison.Ordinal)), "the alarm");
        RepositoryStatus behind = await StatusAsync(server);
        Assert.True(behind.Lag.Alarm && behind.Lag.Age.ToTimeSpan() > TimeSpan.FromSeconds(1));
        Assert.NotEqual("", Job(behind, BackupJobKind.Archive).Error);
        Assert.Contains("warning: the archive of the log is too far behind", await PageAsync(server, "/health/ready"), StringComparison.Ordinal);
        Assert.True((await ScrapeAsync(server))["varve_backup_archive_lag_seconds", $"repository={Repository}"] > 1);

        // What nobody holds any more goes with the next checkpoint.
        await server.Engine.FlushAsync("s");
        await server.Engine.CheckpointAsync();
        Assert.InRange(server.Engine.Statistics.LogBytes, 0, options.Backup.ArchiveLogBytesMax / 2);
        Assert.Single(log.Entries, e => e.Level == LogLevel.Critical);
        File.Delete(Repository);
        Directory.Move(away, Repository);
        const string Gap = "no snapshot of that or later to go on from";
        await UntilAsync(
            server, r => r.Lag.Positions == 0 && Job(r, BackupJobKind.Archive).Error.Contains(Gap, StringComparison.Ordinal), "the archive goes on behind a gap");
        Assert.True(Job(await StatusAsync(server), BackupJobKind.Snapshot).NextDue.ToDateTimeOffset() <= TimeProvider.System.GetUtcNow());

        await SnapshotAsync(server);
        await FillAsync(server.Engine, 100, 10);
        await UntilAsync(server, r => r.Lag.Positions == 0 && Job(r, BackupJobKind.Archive).Error.Length == 0, "the archive is of use");
        await using SnapshotRepository snapshots = await SnapshotRepository.OpenAsync(
            await DirectoryRepository.OpenAsync(Repository), RootKeySource.FromVariable(KeyVariable), makes: false);
        RestoreResult restored = await snapshots.RestoreAsync(
            new RestoreOptions { Directory = _directory.File("restored"), Position = server.Engine.VisibleUpTo.Value });
        Assert.Equal(server.Engine.Statistics.RowCount, restored.RowCount);
    }

    private static BackupJobStatus Job(RepositoryStatus repository, BackupJobKind kind) => repository.Jobs.Single(j => j.Kind == kind);

    private static async Task FillAsync(StorageEngine engine, int rows, int bytes)
    {
        Schema schema = new([new Field("b", ArrowTypes.Binary)]);
        if (!engine.TryDescribe("s", out _))
            await engine.CreateStreamAsync("s", schema);
        RecordBatchBuilder builder = new(schema);
        for (int i = 0; i < rows; i++)
            builder.AppendRow(RandomNumberGenerator.GetBytes(bytes));
        await engine.AppendAsync("s", builder.Build());
    }

    private static async Task<RepositoryStatus> StatusAsync(VarveServer server) =>
        (await CallAsync<GetStatusRequest, GetStatusResponse>(server, "GetStatus", new GetStatusRequest())).Repositories.Single();

    private static async Task SnapshotAsync(VarveServer server)
    {
        using Rpc.Client.GrpcChannel channel = new(new Uri($"http://{server.GrpcEndpoint}"), new Rpc.Client.GrpcChannelOptions());
        using Rpc.Client.ServerStreamingCall<CreateSnapshotResponse> call = channel.ServerStreaming<CreateSnapshotRequest, CreateSnapshotResponse>(
            AdminReflection.Descriptor.Services[0].FindMethodByName("CreateSnapshot"), new CreateSnapshotRequest());
        CreatedSnapshot? created = null;
        while (await call.ResponseStream.ReadAsync() is { } answer)
            created = answer.Created ?? created;
        Assert.NotNull(created);
    }

    private static async Task<TResponse> CallAsync<TRequest, TResponse>(VarveServer server, string method, TRequest request)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new()
    {
        using Rpc.Client.GrpcChannel channel = new(new Uri($"http://{server.GrpcEndpoint}"), new Rpc.Client.GrpcChannelOptions());
        return await channel.CallUnaryAsync<TRequest, TResponse>(AdminReflection.Descriptor.Services[0].FindMethodByName(method), request);
    }

    private static async Task UntilAsync(VarveServer server, Func<RepositoryStatus, bool> isSo, string what)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        RepositoryStatus status = await StatusAsync(server);
        while (!isSo(status))
        {
            Assert.False(limit.IsCancellationRequested, $"it did not happen: {what}; the status is {status}");
            await timer.WaitForNextTickAsync();
            status = await StatusAsync(server);
        }
    }

    private static async Task<PrometheusScrape> ScrapeAsync(VarveServer server) => PrometheusScrape.Parse(await PageAsync(server, "/metrics"));

    private static async Task<string> PageAsync(VarveServer server, string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://{server.HttpEndpoint}{path}"));
    }

    private string Labels(string job) => $"job={job},repository={Repository}";

    private VarveServerOptions Options()
    {
        Environment.SetEnvironmentVariable(KeyVariable, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        VarveServerOptions options = RunningServer.Options(_directory.File("data"));
        options.Backup.Repository = Repository;
        options.Backup.KeyVariable = KeyVariable;
        return options;
    }
}
