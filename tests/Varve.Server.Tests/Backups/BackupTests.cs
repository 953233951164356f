using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
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

    private static async Task<CreatedSnapshot> CallAsync(RunningServer server, string repository)
    {
        using ServerStreamingCall<CreateSnapshotResponse> call = server.Channel.ServerStreaming<CreateSnapshotRequest, CreateSnapshotResponse>(
            AdminReflection.Descriptor.Services[0].FindMethodByName("CreateSnapshot"), new CreateSnapshotRequest { Repository = repository });
        CreateSnapshotResponse? last = null;
        while (await call.ResponseStream.ReadAsync() is { } answer)
            last = answer;
        return last!.Created;
    }

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
