using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Server.Backups;
using Varve.Server.Configuration;
using Varve.Storage;
using Varve.Testing;

namespace Varve.Server.Tests.Backups;

public sealed class BackupTests : IDisposable
{
    private readonly TempDirectory _directory = new("backups");

    private string Repository => _directory.File("repository");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Snapshots_and_the_archive_come_by_the_clock_and_all_rows_can_be_restored()
    {
        await using (RunningServer server = await RunningServer.StartAsync(o =>
        {
            Configure(o);
            o.Backup.Every = TimeSpan.FromHours(1);
            o.Backup.Archive = TimeSpan.FromMilliseconds(50);
        }))
        {
            await server.CreateAsync("a int64");
            await ArchivedAsync(server.Server.Engine.VisibleUpTo.Value);
        }

        await using SnapshotRepository snapshots = await OpenAsync();
        Assert.NotEmpty(await snapshots.ListAsync());
        RestoreResult restored = await snapshots.RestoreAsync(new RestoreOptions { Directory = _directory.File("restored") });
        Assert.Equal(1, restored.StreamCount);
    }

    [Fact]
    public async Task A_snapshot_is_taken_when_asked_for_and_only_where_the_configuration_says()
    {
        await using RunningServer server = await RunningServer.StartAsync(Configure);
        CreatedSnapshot made = await CallAsync(server, "");
        Assert.Empty(made.Problems);
        await using (SnapshotRepository snapshots = await OpenAsync())
            Assert.Equal(made.Snapshot.Id, Assert.Single(await snapshots.ListAsync()).Id);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, _directory.File("elsewhere")));
        Assert.Equal(ErrorCode.SnapshotNotFound, refused.FindDetail<ErrorDetail>()!.Code);
        Assert.False(Directory.Exists(_directory.File("elsewhere")));
    }

    [Fact]
    public async Task Snapshots_are_listed_shown_verified_pruned_and_drilled_through_the_daemon()
    {
        await using RunningServer server = await RunningServer.StartAsync(Configure);
        string stream = (await server.CreateAsync("a int64")).Name;
        await server.AppendJsonAsync(stream, """{"a":1}""");
        string first = (await CallAsync(server, "")).Snapshot.Id;
        string second = (await CallAsync(server, "")).Snapshot.Id;
        ListSnapshotsResponse list = await AdminAsync<ListSnapshotsRequest, ListSnapshotsResponse>(server, "ListSnapshots", new() { Repository = Repository });
        Assert.Equal(new[] { first, second }.Order(StringComparer.Ordinal), list.Snapshots.Select(s => s.Id));
        GetSnapshotResponse shown = await AdminAsync<GetSnapshotRequest, GetSnapshotResponse>(server, "GetSnapshot", new() { Id = first });
        Assert.Contains(shown.Snapshot, list.Snapshots);
        VerifySnapshotsResponse verified = await AdminAsync<VerifySnapshotsRequest, VerifySnapshotsResponse>(server, "VerifySnapshots", new() { Full = true });
        Assert.Equal((2L, 0, 1L), (verified.Snapshots, verified.Problems.Count, verified.DecodedSegments));
        DrillSnapshotResponse drill = await AdminAsync<DrillSnapshotRequest, DrillSnapshotResponse>(server, "DrillSnapshot", new());
        Assert.Equal((stream, 1L, ""), (drill.Streams.Single().Name, drill.Streams[0].ComparedRows, drill.Streams[0].Problem));
        PruneSnapshotsResponse trial = await AdminAsync<PruneSnapshotsRequest, PruneSnapshotsResponse>(
            server, "PruneSnapshots", new() { Snapshots = { first }, DryRun = true });
        Assert.Equal([first], trial.Removed);
        PruneSnapshotsResponse pruned = await AdminAsync<PruneSnapshotsRequest, PruneSnapshotsResponse>(server, "PruneSnapshots", new() { Snapshots = { first } });
        Assert.Equal([second], pruned.Kept);

        await RefusedAsync<GetSnapshotRequest, GetSnapshotResponse>("GetSnapshot", new() { Id = first }, ErrorCode.SnapshotNotFound);
        await RefusedAsync<PruneSnapshotsRequest, PruneSnapshotsResponse>("PruneSnapshots", new(), ErrorCode.InvalidRequest);
        await RefusedAsync<PruneSnapshotsRequest, PruneSnapshotsResponse>("PruneSnapshots", new() { Keep = "some" }, ErrorCode.InvalidRequest);
        await RefusedAsync<DrillSnapshotRequest, DrillSnapshotResponse>("DrillSnapshot", new() { Repository = "/elsewhere" }, ErrorCode.SnapshotNotFound);

        async Task RefusedAsync<TRequest, TResponse>(string method, TRequest request, ErrorCode code)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage<TResponse>, new()
        {
            RpcException refused = await Assert.ThrowsAsync<RpcException>(() => AdminAsync<TRequest, TResponse>(server, method, request));
            Assert.Equal(code, RunningServer.DetailOf(refused).Code);
        }
    }

    [Fact]
    public async Task Prunings_and_shippings_of_the_log_do_not_turn_each_other_away()
    {
        await using RunningServer server = await RunningServer.StartAsync(o =>
        {
            Configure(o);
            o.Backup.Archive = TimeSpan.FromMilliseconds(1);
        });
        string stream = (await server.CreateAsync("a int64")).Name;
        await CallAsync(server, "");
        using CancellationTokenSource done = new();
        Task appending = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await server.AppendJsonAsync(stream, """{"a":1}""");
        });
        long shipped = 0;
        for (int i = 0; i < 200 && (i < 20 || shipped < 20); i++)
        {
            await AdminAsync<PruneSnapshotsRequest, PruneSnapshotsResponse>(server, "PruneSnapshots", new() { Keep = "1d" });
            shipped = (await StatusAsync(server)).Repositories[0].Jobs.Single(j => j.Kind == BackupJobKind.Archive).Runs;
        }

        await done.CancelAsync();
        await appending;
        Assert.True(shipped >= 20, $"the log was shipped {shipped} times only");
        Assert.DoesNotContain(server.Log.Entries, e => e.Category == "Varve.Server.Backup" && e.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task The_repository_is_asked_once_for_its_newest_snapshot()
    {
        await using RunningServer server = await RunningServer.StartAsync(Configure);
        string made = (await CallAsync(server, "")).Snapshot.Id;
        VarveServerOptions options = RunningServer.Options(server.DirectoryPath);
        Configure(options);
        using NodeBackups backups = new(
            server.Server.Engine, options, new BackupLedger(options, TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);
        Assert.Equal(made, (await backups.NewestAsync(Repository, default))?.Id);
        Directory.Delete(Repository, recursive: true);
        Assert.Equal(made, (await backups.NewestAsync(Repository, default))?.Id);
        Assert.False(Directory.Exists(Repository));

        // By the clock, no new one is made where one was: its disk may not be mounted.
        BackupException gone = await Assert.ThrowsAsync<BackupException>(() => backups.CreateAsync(Repository, isAsked: false, [], 0, null, default));
        Assert.Equal(BackupErrorCode.NotFound, gone.Code);
        Assert.Empty((await backups.CreateAsync(Repository, isAsked: true, [], 0, null, default)).Problems);
    }

    [Theory]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    public async Task A_time_that_is_none_is_refused(long seconds, int nanos)
    {
        await using RunningServer server = await RunningServer.StartAsync(Configure);
        RestoreStreamRequest request = new() { Stream = "s", Target = "t", Time = new Timestamp { Seconds = seconds, Nanos = nanos } };
        using ServerStreamingCall<RestoreStreamResponse> call = server.Channel.ServerStreaming<RestoreStreamRequest, RestoreStreamResponse>(
            AdminReflection.Descriptor.Services[0].FindMethodByName("RestoreStream"), request);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ReadAsync().AsTask());
        Assert.Equal(ErrorCode.InvalidRequest, refused.FindDetail<ErrorDetail>()!.Code);
        Assert.Contains($"{seconds} s and {nanos} ns", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<CreatedSnapshot> CallAsync(RunningServer server, string repository)
    {
        using ServerStreamingCall<CreateSnapshotResponse> call = server.Channel.ServerStreaming<CreateSnapshotRequest, CreateSnapshotResponse>(
            AdminReflection.Descriptor.Services[0].FindMethodByName("CreateSnapshot"), new CreateSnapshotRequest { Repository = repository });
        CreateSnapshotResponse? last = null;
        while (await call.ResponseStream.ReadAsync() is { } answer)
            last = answer;
        return last!.Created;
    }

    private static Task<GetStatusResponse> StatusAsync(RunningServer server) =>
        AdminAsync<GetStatusRequest, GetStatusResponse>(server, "GetStatus", new GetStatusRequest());

    private static Task<TResponse> AdminAsync<TRequest, TResponse>(RunningServer server, string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        server.Channel.CallUnaryAsync<TRequest, TResponse>(AdminReflection.Descriptor.Services[0].FindMethodByName(method), request);

    private void Configure(VarveServerOptions options)
    {
        options.Backup.Repository = Repository;
        options.Backup.KeyVariable = "VARVE_TEST_REPOSITORY_KEY";
        Environment.SetEnvironmentVariable("VARVE_TEST_REPOSITORY_KEY", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    }

    private async Task<SnapshotRepository> OpenAsync() => await SnapshotRepository.OpenAsync(
        await DirectoryRepository.OpenAsync(Repository), RootKeySource.FromVariable("VARVE_TEST_REPOSITORY_KEY"), makes: false);

    /// <summary>Waits until a restore would reach a position.</summary>
    private async Task ArchivedAsync(long position)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
        for (int i = 0; ; i++)
        {
            await timer.WaitForNextTickAsync(limit.Token);
            try
            {
                await using SnapshotRepository snapshots = await OpenAsync();
                RestoreOptions options = new() { Directory = _directory.File($"look-{i}"), Position = position };
                await snapshots.RestoreAsync(options, null, limit.Token);
                return;
            }
            catch (BackupException e) when (e.Code == BackupErrorCode.NotFound)
            {
                // Not yet.
            }
        }
    }
}
