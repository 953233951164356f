using System.Collections.Concurrent;
using Amazon.Runtime;
using Varve.Backup.Repositories;
using Varve.Backup.Repositories.S3;
using Varve.Backup.Tests.Places;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>Snapshots, checks and restores in a store that errs, breaks off, and shuts us out.</summary>
public sealed class TroubledStoreTests(S3Server server) : IClassFixture<S3Server>
{
    private const string Secret = "a secret of this test";

    /// <summary>A try that failed is made again about a second later.</summary>
    private const int TroublesMax = 6;

    private readonly S3Location _location = server.NextLocation();

    [Theory]
    [InlineData(nameof(StoreTrouble.Busy))]
    [InlineData(nameof(StoreTrouble.Broken))]
    [InlineData(nameof(StoreTrouble.HalfAnswer))]
    [InlineData(nameof(StoreTrouble.NoAnswer))]
    public async Task What_comes_to_grief_once_is_tried_again(string name)
    {
        StoreTrouble trouble = Enum.Parse<StoreTrouble>(name);
        await using TroubledStore store = await TroubledStore.StartAsync(_location.Endpoint!);
        await using BackupHost host = await StartAsync(store);
        ConcurrentDictionary<string, bool> seen = [];
        int count = 0;

        // Each third of what is asked for the first time, as long as nothing else has to be shown; the next try of the same goes through.
        store.Choose = request => seen.TryAdd(request, true) && Interlocked.Increment(ref count) % 3 == 0 && store.TroubleCount < TroublesMax
            ? trouble
            : StoreTrouble.None;
        await using SnapshotRepository repository = await host.OpenAsync();
        Assert.Empty((await repository.CreateAsync(host.Engine)).Problems);
        await host.Engine.AppendAsync("s", Rows.Range(5000, 2500));
        Assert.Empty((await repository.CreateAsync(host.Engine)).Problems);
        seen.Clear();
        count = 0;
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        Assert.Equal(7500, (await repository.RestoreAsync(host.ToNewDirectory())).RowCount);
        Assert.Equal(TroublesMax, store.TroubleCount);
    }

    [Fact]
    public async Task A_store_that_shuts_us_out_in_the_middle_is_told_and_the_next_snapshot_is_whole()
    {
        await using TroubledStore store = await TroubledStore.StartAsync(_location.Endpoint!);
        await using BackupHost host = await StartAsync(store);
        await using SnapshotRepository repository = await host.OpenAsync();
        await repository.CreateAsync(host.Engine);
        await host.Engine.AppendAsync("s", Rows.Range(5000, 2500));
        int puts = 0;

        // From the second new object on: the snapshot has begun.
        store.Choose = request => request.StartsWith("PUT ", StringComparison.Ordinal) && request.Contains("/data/", StringComparison.Ordinal)
            && Interlocked.Increment(ref puts) > 1 ? StoreTrouble.Denied : StoreTrouble.None;
        RepositoryException failure = await Assert.ThrowsAsync<RepositoryException>(() => repository.CreateAsync(host.Engine));

        Assert.Equal(RepositoryErrorCode.PermissionDenied, failure.Code);
        Assert.Contains("403 SignatureDoesNotMatch", failure.Message, StringComparison.Ordinal);
        Assert.Contains(_location.Bucket, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        store.Choose = _ => StoreTrouble.None;
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        Assert.Single(await repository.ListAsync());
        Assert.Empty((await repository.CreateAsync(host.Engine)).Problems);
        Assert.Equal(7500, (await repository.RestoreAsync(host.ToNewDirectory())).RowCount);
    }

    private async Task<BackupHost> StartAsync(TroubledStore store)
    {
        // The server knows the name of the key and looks no further.
        BasicAWSCredentials credentials = new(server.Credentials.GetCredentials().AccessKey, Secret);
        BackupHost host = await BackupHost.StartAsync(null, new S3Place(_location with { Endpoint = store.Endpoint }, credentials));
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 5000));
        return host;
    }
}
