namespace Varve.Storage.Tests.Producers;

/// <summary>Appends to several streams at once.</summary>
public sealed class AtomicAppendTests : IAsyncLifetime
{
    private EngineHost? _host;

    private StorageEngine Engine => _host!.Engine;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    [Fact]
    public async Task All_streams_get_their_rows_at_one_position()
    {
        await StartAsync();
        IReadOnlyList<AppendResult> results = await AppendAsync(new StreamAppend("b", Rows.Of(1, 2)), new StreamAppend("a", Rows.Of(3)));
        Assert.Equal(["b", "a"], results.Select(r => r.Stream));
        Assert.Equal([2, 1], results.Select(r => r.RowCount));
        Assert.Equal(results[0].Position, results[1].Position);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal([3], Engine.OpenView("a").Numbers());
            Assert.Equal([1, 2], Engine.OpenView("b").Numbers());
            await _host!.ReopenAsync();
        }
    }

    [Fact]
    public async Task Batches_in_parts_stay_together()
    {
        await StartAsync();
        await AppendAsync(new StreamAppend("a", Rows.Range(0, 20_000)), new StreamAppend("b", Rows.Range(0, 30_000)), new StreamAppend("c", Rows.Of(1)));
        await _host!.ReopenAsync();
        Assert.Equal(20_000, Engine.OpenView("a").Numbers().Length);
        Assert.Equal(Enumerable.Range(0, 30_000).Select(i => (long)i), Engine.OpenView("b").Numbers());
        Assert.Equal([1], Engine.OpenView("c").Numbers());
        await Engine.FlushAsync("a");
        await Engine.CheckpointAsync();
        await _host!.ReopenAsync();
        Assert.Equal(Enumerable.Range(0, 30_000).Select(i => (long)i), Engine.OpenView("b").Numbers());
    }

    [Fact]
    public async Task One_that_is_refused_keeps_all_from_being_stored()
    {
        await StartAsync();
        await Engine.AppendAsync("b", Rows.Of(1));
        await RefusedAsync(StorageErrorCode.OffsetMismatch, new StreamAppend("a", Rows.Of(1), 0), new StreamAppend("b", Rows.Of(2), 0));
        await RefusedAsync(StorageErrorCode.OffsetMismatch, new StreamAppend("a", Rows.Of(1)), new StreamAppend("b", Rows.Of(), 7));
        await RefusedAsync(StorageErrorCode.StreamNotFound, new StreamAppend("a", Rows.Of(1)), new StreamAppend("x", Rows.Of(2)));
        await RefusedAsync(StorageErrorCode.InvalidData, new StreamAppend("a", Rows.Of(1)), new StreamAppend("a", Rows.Of(2)));
        await RefusedAsync(StorageErrorCode.InvalidData);
        Assert.Equal(0, Engine.Describe("a").EndOffset);
        Assert.Equal(1, Engine.Describe("b").EndOffset);
    }

    [Fact]
    public async Task Together_they_are_no_larger_than_one_may_be()
    {
        await StartAsync(o => o with { MaxBatchBytes = 100_000 });
        await AppendAsync(new StreamAppend("a", Rows.Range(0, 3_000)));
        await RefusedAsync(StorageErrorCode.BatchTooLarge, new StreamAppend("a", Rows.Range(0, 3_000)), new StreamAppend("b", Rows.Range(0, 3_000)));
    }

    [Fact]
    public async Task A_repeated_one_gets_all_of_its_answers()
    {
        await StartAsync();
        ProducerSession producer = await Engine.OpenProducerAsync("p");
        AppendOptions options = new() { Producer = new ProducerSequence(producer.Id, producer.Epoch, 0) };
        StreamAppend[] appends = [new("a", Rows.Of(1)), new("c", Rows.Of()), new("b", Rows.Of(2, 3))];
        IReadOnlyList<AppendResult> first = await Engine.AppendAsync(appends, options);
        Assert.Equal([1, 0, 2], first.Select(r => r.RowCount));
        await _host!.ReopenAsync();
        IReadOnlyList<AppendResult> second = await Engine.AppendAsync(appends, options);
        Assert.Equal([first[0] with { IsDuplicate = true }, first[2] with { IsDuplicate = true }], [second[0], second[2]]);
        Assert.Equal([1], Engine.OpenView("a").Numbers());
        Assert.Equal([2, 3], Engine.OpenView("b").Numbers());
    }

    private async Task StartAsync(Func<StorageOptions, StorageOptions>? change = null)
    {
        _host = await EngineHost.StartAsync(change);
        foreach (string name in new[] { "a", "b", "c" })
            await Engine.CreateStreamAsync(name, Rows.Schema);
    }

    private Task<IReadOnlyList<AppendResult>> AppendAsync(params StreamAppend[] appends) => Engine.AppendAsync(appends, AppendOptions.None);

    private async Task RefusedAsync(StorageErrorCode code, params StreamAppend[] appends) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<StorageException>(() => AppendAsync(appends))).Code);
}
