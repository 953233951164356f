using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Keys;

/// <summary>The keys of streams while an engine runs.</summary>
public class EngineKeyTests
{
    private readonly FaultyFileSystem _disk = new();

    private static string KeyringPath => Path.Combine(FaultyFileSystem.Root, "node", KeyringFile.FileName);

    [Fact]
    public async Task A_stream_beyond_the_keys_that_are_there_waits_for_its_own()
    {
        await using EngineHost host = await EngineHost.StartAsync(_ => SimulatedOptions.On(_disk));
        long before = Length(KeyringPath);
        await CreateAsync(host, 0, 32);
        Assert.Equal(before, Length(KeyringPath));
        await CreateAsync(host, 32, 33);
        Assert.True(Length(KeyringPath) > before);
        await host.Engine.AppendAsync("s32", Rows.Of(7));
        await host.ReopenAsync();
        Assert.Equal([7], host.Engine.OpenView("s32").Numbers());
    }

    [Fact]
    public async Task Streams_created_at_the_same_time_all_have_keys()
    {
        await using EngineHost host = await EngineHost.StartAsync(_ => SimulatedOptions.On(_disk));
        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => Task.Run(async () =>
        {
            await host.Engine.CreateStreamAsync("s" + i, Rows.Schema);
            await host.Engine.AppendAsync("s" + i, Rows.Of(i));
        })));
        await host.ReopenAsync();
        Assert.All(Enumerable.Range(0, 150), i => Assert.Equal([i], host.Engine.OpenView("s" + i).Numbers()));
    }

    [Fact]
    public async Task Streams_that_are_refused_take_no_keys()
    {
        await using EngineHost host = await EngineHost.StartAsync(_ => SimulatedOptions.On(_disk));
        await CreateAsync(host, 0, 1);
        long before = Length(KeyringPath);
        for (int i = 0; i < 100; i++)
            await Assert.ThrowsAsync<StorageException>(() => host.Engine.CreateStreamAsync("s0", Rows.Schema));
        Assert.Equal(before, Length(KeyringPath));
    }

    [Fact]
    public async Task Where_no_key_can_be_made_no_stream_is_and_the_node_goes_on()
    {
        await using EngineHost host = await EngineHost.StartAsync(_ => SimulatedOptions.On(_disk));
        await CreateAsync(host, 0, 32);
        _disk.Fault = new Fault(1, Errno.InputOutput, ForEver: true, "rename");
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.CreateStreamAsync("late", Rows.Schema));
        Assert.Equal(StorageErrorCode.DiskError, e.Code);
        _disk.Fault = null;
        Assert.True(host.Engine.IsAccepting);
        await host.Engine.AppendAsync("s3", Rows.Of(3));
        await host.Engine.CreateStreamAsync("late", Rows.Schema);
        await host.Engine.AppendAsync("late", Rows.Of(4));
    }

    [Fact]
    public async Task A_drop_erases_the_key_and_what_it_sealed_opens_with_no_key_of_the_directory()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await CreateAsync(host, 0, 3);
        await host.Engine.AppendAsync("s1", Rows.Range(0, 50));
        await host.Engine.RotateStreamKeyAsync("s1");
        await host.Engine.AppendAsync("s1", Rows.Range(50, 50));
        await host.CloseAsync();
        Assert.Equal(2, await SealedRowsSearch.OpenableAsync(host.Options, streamId: 2));
        await host.OpenAsync();
        await host.Engine.DropStreamAsync("s1");
        await host.CloseAsync();
        Assert.Equal(0, await SealedRowsSearch.OpenableAsync(host.Options, streamId: 2));
        await host.OpenAsync();
        Assert.Equal(["s0", "s2"], host.Engine.List().Select(s => s.Name));
        Assert.DoesNotContain(host.Engine.ListKeys(), k => k.Stream == "s1");
    }

    [Fact]
    public async Task A_key_that_could_not_be_erased_with_the_drop_is_erased_by_the_next_opening()
    {
        await using EngineHost host = await EngineHost.StartAsync(_ => SimulatedOptions.On(_disk));
        await CreateAsync(host, 0, 2);
        await host.Engine.AppendAsync("s0", Rows.Of(1));
        _disk.Fault = new Fault(1, Errno.NoSpace, ForEver: true, "rename");
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.DropStreamAsync("s0"));
        Assert.Equal(StorageErrorCode.DiskFull, e.Code);
        Assert.Contains("stream 's0' is dropped, but its key is not erased yet", e.Message, StringComparison.Ordinal);
        Assert.False(host.Engine.TryDescribe("s0", out _));
        _disk.Fault = null;
        await host.CloseAsync();
        FaultyFileSystem after = _disk.AfterPowerCut(null);
        await using EngineHost again = await EngineHost.StartAsync(_ => SimulatedOptions.On(after));
        Assert.Equal(["s1"], again.Engine.List().Select(s => s.Name));
        Assert.Equal([null, "s1"], again.Engine.ListKeys().Select(k => k.Stream));
        await again.CloseAsync();
        Assert.Equal(0, await SealedRowsSearch.OpenableAsync(again.Options, streamId: 1));
    }

    [Fact]
    public async Task A_stream_key_is_rotated_while_appends_go_on()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await CreateAsync(host, 0, 1);
        using CancellationTokenSource stop = new();
        Task<long>[] writers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => AppendUntilAsync(host, stop.Token)))];
        for (int version = 2; version <= 8; version++)
        {
            if (version == 5)
                await host.Engine.RotateRootKeyAsync();
            Assert.Equal(version, await host.Engine.RotateStreamKeyAsync("s0"));
            await host.Engine.AppendAsync("s0", Rows.Of(-version));
            Assert.All(host.Engine.ListKeys().Where(k => k.Stream == "s0"), k => Assert.Equal(k.Version == version, k.IsCurrent));
        }

        await stop.CancelAsync();
        long rows = (await Task.WhenAll(writers)).Sum() + 7;
        await host.CloseAsync();

        // Nothing behind a rotation is sealed with a version before it.
        foreach (SealedRowsSearch.Found record in await SealedRowsSearch.RecordsAsync(host.Options, streamId: 1))
            Assert.True(record.Position <= record.LastPositionOfVersion, $"{record}");
        await host.OpenAsync();
        Assert.Equal(rows, host.Engine.Describe("s0").EndOffset);
        Assert.Equal(rows, host.Engine.OpenView("s0").Numbers().Length);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], host.Engine.ListKeys().Where(k => k.Stream == "s0").Select(k => k.Version));
    }

    [Fact]
    public async Task The_nodes_own_key_is_rotated_too()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await CreateAsync(host, 0, 1);
        Assert.Equal(2, await host.Engine.RotateNodeKeyAsync());
        await CreateAsync(host, 1, 2);
        await host.ReopenAsync();
        Assert.Equal(["s0", "s1"], host.Engine.List().Select(s => s.Name));
        Assert.Equal([1, 2], host.Engine.ListKeys().Where(k => k.Stream is null).Select(k => k.Version));
    }

    [Fact]
    public async Task A_directory_that_is_not_encrypted_has_no_keys_to_rotate()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Keys = new KeyOptions { Encrypt = false } });
        await CreateAsync(host, 0, 40);
        await host.Engine.AppendAsync("s39", Rows.Of(1, 2));
        Assert.False(host.Engine.IsEncrypted);
        Assert.Empty(host.Engine.ListKeys());
        foreach (Func<Task> rotate in new Func<Task>[]
        {
            () => host.Engine.RotateRootKeyAsync(), () => host.Engine.RotateStreamKeyAsync("s0"), () => host.Engine.RotateNodeKeyAsync(),
        })
        {
            Assert.Equal(StorageErrorCode.Unsupported, (await Assert.ThrowsAsync<StorageException>(rotate)).Code);
        }

        await host.Engine.DropStreamAsync("s0");
        await host.ReopenAsync();
        Assert.Equal([1, 2], host.Engine.OpenView("s39").Numbers());
    }

    private static async Task CreateAsync(EngineHost host, int from, int to)
    {
        for (int i = from; i < to; i++)
            await host.Engine.CreateStreamAsync("s" + i, Rows.Schema);
    }

    private static async Task<long> AppendUntilAsync(EngineHost host, CancellationToken stop)
    {
        long rows = 0;
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            int count = i % 50 == 49 ? 3_000 : 1 + (i % 7);
            await host.Engine.AppendAsync("s0", Rows.Range(i, count), CancellationToken.None);
            rows += count;
        }

        return rows;
    }

    private long Length(string path)
    {
        using IFile file = _disk.OpenRead(path);
        return file.Length;
    }
}
