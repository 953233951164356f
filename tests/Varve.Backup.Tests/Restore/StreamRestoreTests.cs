using System.Collections.Concurrent;
using Varve.Arrow;
using Varve.Storage;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Restore;

/// <summary>A stream of a backup comes into a node that runs, as it was: rows, offsets, times. It is there whole or not at all.</summary>
public sealed class StreamRestoreTests
{
    private static readonly Field Later = new("later", ArrowTypes.Int64);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_stream_comes_back_beside_itself_with_its_offsets_and_times(bool isEncrypted, bool isClustered)
    {
        await using BackupHost host = await StartAsync(o => o with { Keys = new KeyOptions { Encrypt = isEncrypted } });
        await FillAsync(host.Engine, isClustered);
        SnapshotDescription snapshot = await host.SnapshotAsync(new SnapshotOptions { Seals = false });
        StreamView before = host.Engine.OpenView("orders");
        await host.Engine.AppendAsync("orders", Rows.Batch(before.Stream.Schema, [-1L, "behind", 0L]));

        // Others go on meanwhile, and streams are made.
        Task<StreamRestoreResult> restoring = RestoreAsync(host);
        for (int i = 0; i < 5; i++)
            await host.Engine.CreateStreamAsync($"meanwhile-{i}", Rows.Schema);
        StreamRestoreResult restored = await restoring;

        Assert.Equal((snapshot.Id, snapshot.Position), (restored.SnapshotId, restored.Position));
        Assert.Equal(before.Stream.Settings, restored.Settings);
        Assert.Equal(before.Stream.Settings with { RetainRows = null }, restored.Stream.Settings);
        AssertSame(before, host.Engine.OpenView("orders_2025"));
        await host.Node.ReopenAsync();
        AssertSame(before, host.Engine.OpenView("orders_2025"));
        Assert.Empty((await host.Engine.CheckAsync(_ => { })).Damage);

        // It is a stream as any: appended to, backed up, dropped.
        await host.Engine.AppendAsync("orders_2025", Rows.Batch(before.Stream.Schema, [-2L, null, 1L]));
        Assert.Equal(before.EndOffset + 1, host.Engine.Describe("orders_2025").EndOffset);
        await host.SnapshotAsync();
        await using StorageEngine copy = await host.OpenAsync(await host.RestoreAsync(host.ToNewDirectory()));
        AssertSame(before, copy.OpenView("orders_2025").Until(before.EndOffset));
        await host.Engine.DropStreamAsync("orders_2025");
        await host.Engine.CreateStreamAsync("orders_2025", Rows.Schema);
    }

    [Theory]
    [InlineData(true, 4321)]
    [InlineData(false, 4321)]
    [InlineData(false, 4000)]
    [InlineData(false, 2001)]
    [InlineData(false, 9050)]
    public async Task It_ends_where_it_is_to_end(bool isClustered, long endOffset)
    {
        await using BackupHost host = await StartAsync();
        await FillAsync(host.Engine, isClustered);
        await host.SnapshotAsync(new SnapshotOptions { Seals = false });
        await RestoreAsync(host, o => o with { EndOffset = endOffset });
        AssertSame(host.Engine.OpenView("orders").Until(endOffset), host.Engine.OpenView("orders_2025"));
        Assert.Empty((await host.Engine.CheckAsync(_ => { })).Damage);
    }

    [Fact]
    public async Task It_comes_back_as_it_was_at_a_moment_of_the_archive()
    {
        await using BackupHost host = await StartAsync(o => o with { KeepsLogForArchive = true });
        await using SnapshotRepository repository = await host.OpenAsync();
        await host.Engine.CreateStreamAsync("other", Rows.Schema);
        await host.SnapshotAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        await FillAsync(host.Engine, isClustered: false);
        StreamView before = host.Engine.OpenView("orders");
        await host.Engine.AppendAsync("other", Rows.Range(0, 3000));
        await host.Engine.AppendAsync("orders", Rows.Batch(before.Stream.Schema, [-1L, "wrong", 0L]));
        await archive.ShipAsync();
        StreamRestoreResult restored = await RestoreAsync(host, o => o with { Position = before.Position.Value });
        Assert.Equal(before.Position.Value, restored.Position);
        AssertSame(before, host.Engine.OpenView("orders_2025"));

        // What was restored is in the log that is shipped: from there it comes back again.
        await archive.ShipAsync();
        await using StorageEngine copy = await host.OpenAsync(await host.RestoreAsync(host.ToNewDirectory()));
        AssertSame(before, copy.OpenView("orders_2025"));
    }

    [Fact]
    public async Task What_cannot_come_back_is_refused_by_name_and_leaves_nothing()
    {
        await using BackupHost host = await StartAsync();
        await FillAsync(host.Engine, isClustered: false);
        await host.Engine.CreateStreamAsync("kept", Rows.Schema);
        SnapshotDescription old = await host.SnapshotAsync();
        StorageException exists = await Assert.ThrowsAsync<StorageException>(() => RestoreAsync(host, o => o with { Name = "KEPT" }));
        Assert.Equal(StorageErrorCode.StreamAlreadyExists, exists.Code);
        Assert.Contains("as 'kept'", exists.Message, StringComparison.Ordinal);
        await AssertRefusedAsync(host, o => o with { Stream = "nothing" }, "'nothing'");
        await AssertRefusedAsync(host, o => o with { EndOffset = 100 }, "from 2000 to 9100. An older snapshot");
        await AssertRefusedAsync(host, o => o with { EndOffset = 9101 }, "from 2000 to 9100");
        await AssertRefusedAsync(host, o => o with { NodeId = Guid.NewGuid() }, "no snapshot of node");
        await host.Engine.DropStreamAsync("orders");
        await RestoreAsync(host);
        await host.SnapshotAsync();
        await AssertRefusedAsync(host, o => o with { Name = "again", SnapshotId = old.Id }, "key erased");

        string[] files = Files(host);
        foreach ((string data, byte[] bytes) in (await host.Place.ReadAllAsync()).Where(o => o.Key.StartsWith("data/", StringComparison.Ordinal)))
        {
            bytes[bytes.Length / 2] ^= 1;
            await host.Place.WriteAsync(data, bytes);
        }

        BackupException damaged = await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(host, o => o with { Stream = "orders_2025", Name = "again" }));
        Assert.Equal(BackupErrorCode.Damaged, damaged.Code);
        Assert.Equal(files, Files(host));
        Assert.False(host.Engine.TryDescribe("again", out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_cut_off_leaves_nothing(bool closesEngine)
    {
        await using BackupHost host = await StartAsync();
        await FillAsync(host.Engine, isClustered: false);
        await host.SnapshotAsync();
        string[] files = Files(host);
        using CancellationTokenSource stop = new();
        TaskCompletionSource begun = new();
        CallBack progress = new(_ =>
        {
            begun.TrySetResult();
            if (!closesEngine)
                stop.Cancel();
            SpinWait.SpinUntil(() => stop.IsCancellationRequested, TimeSpan.FromSeconds(30));
        });
        await using SnapshotRepository repository = await host.OpenAsync();
        Task restoring = Task.Run(() => repository.RestoreStreamAsync(host.Engine, Options, progress, stop.Token));
        await begun.Task;
        if (closesEngine)
        {
            Task closing = host.Node.CloseAsync();
            await stop.CancelAsync();
            await closing;
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restoring);
        Assert.Equal(files, Files(host));
        await host.Node.ReopenAsync();
        Assert.False(host.Engine.TryDescribe("orders_2025", out _));
        await RestoreAsync(host);
    }

    [Fact]
    public async Task It_takes_its_memory_of_the_nodes_rows()
    {
        const long LimitBytes = 64 << 20;
        await using BackupHost host = await StartAsync(o => o with { TailMemoryLimitBytes = LimitBytes });
        await FillAsync(host.Engine, isClustered: false);
        await host.SnapshotAsync();
        long before = host.Engine.Statistics.TailBytes;
        ConcurrentBag<long> meanwhile = [];
        await using SnapshotRepository repository = await host.OpenAsync();

        await repository.RestoreStreamAsync(host.Engine, Options, new CallBack(_ => meanwhile.Add(host.Engine.Statistics.TailBytes)));

        Assert.All(meanwhile, bytes => Assert.InRange(bytes, LimitBytes / 4, LimitBytes));
        Assert.NotEmpty(meanwhile);
        Assert.InRange(host.Engine.Statistics.TailBytes, 0, before);
    }

    private static StreamRestoreOptions Options { get; } = new() { Stream = "orders", Name = "orders_2025" };

    /// <summary>A node that leaves segments as they are, so that where they begin is known.</summary>
    private static Task<BackupHost> StartAsync(Func<StorageOptions, StorageOptions>? change = null) =>
        BackupHost.StartAsync(o => (change ?? (x => x))(o with { Compacts = false }));

    /// <summary>Segments of different columns, the oldest gone, and rows in memory: those from 2,000 to 9,100.</summary>
    private static async Task FillAsync(StorageEngine engine, bool isClustered)
    {
        string[] clusterBy = isClustered ? ["text"] : [];
        await engine.CreateStreamAsync("orders", Rows.Schema, new StreamSettings { ClusterBy = clusterBy });
        for (int i = 0; i < 3; i++)
        {
            await engine.AppendAsync("orders", Rows.Range(i * 2000, 2000));
            await engine.FlushAsync("orders");
        }

        Schema schema = (await engine.AddColumnsAsync("orders", [Later])).Schema;
        object?[][] rows = [.. Enumerable.Range(0, 3000).Select(i => (object?[])[6000L + i, $"text {i % 7}", (long)i])];
        await engine.AppendAsync("orders", Rows.Batch(schema, rows));
        await engine.FlushAsync("orders");
        await engine.SetStreamSettingsAsync("orders", new StreamSettings { ClusterBy = clusterBy, RetainRows = 7000 });
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        while (engine.Describe("orders").FirstOffset < 2000)
            await timer.WaitForNextTickAsync(limit.Token);
        await engine.AppendAsync("orders", Rows.Batch(schema, [.. rows.Take(100)]));
    }

    private static async Task<StreamRestoreResult> RestoreAsync(BackupHost host, Func<StreamRestoreOptions, StreamRestoreOptions>? change = null)
    {
        await using SnapshotRepository repository = await host.OpenAsync(makes: false);
        return await repository.RestoreStreamAsync(host.Engine, (change ?? (o => o))(Options));
    }

    private static async Task AssertRefusedAsync(BackupHost host, Func<StreamRestoreOptions, StreamRestoreOptions> change, string why)
    {
        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(host, change));
        Assert.Equal(BackupErrorCode.NotFound, refused.Code);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private static string[] Files(BackupHost host) => [.. Directory.EnumerateFiles(Path.Combine(host.Node.Directory, "segments")).Order(StringComparer.Ordinal)];

    private static void AssertSame(StreamView expected, StreamView found)
    {
        found.CheckShape();
        Assert.Equal((expected.FirstOffset, expected.EndOffset), (found.FirstOffset, found.EndOffset));
        Assert.Equal(expected.Stream.Schema.Fields, found.Stream.Schema.Fields);
        Assert.Equal(expected.Times(), found.Times());
        foreach (Field field in expected.Stream.Schema.Fields)
            Assert.Equal(expected.Column(field.Name), found.Column(field.Name));
    }

    private sealed class CallBack(Action<BackupProgress> report) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => report(value);
    }
}
