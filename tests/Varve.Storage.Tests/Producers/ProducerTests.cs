using Varve.Arrow;

namespace Varve.Storage.Tests.Producers;

/// <summary>Appends with numbers: each is stored once, however often it is sent.</summary>
public sealed class ProducerTests : IAsyncLifetime
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
    public async Task A_repeated_append_gets_the_first_answer_and_stores_nothing()
    {
        ProducerSession producer = await StartAsync();
        AppendResult first = await AppendAsync(producer, 0, 1, 2);
        await Engine.AppendAsync("s", Rows.Of(50));
        AppendResult second = await AppendAsync(producer, 1, 3);
        Assert.Equal(first with { IsDuplicate = true }, await AppendAsync(producer, 0, 1, 2));
        Assert.Equal(second with { IsDuplicate = true }, await AppendAsync(producer, 1, 3));
        Assert.False(first.IsDuplicate);
        Assert.Equal([1, 2, 50, 3], Engine.OpenView("s").Numbers());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restarts_forget_nothing(bool checkpoints)
    {
        ProducerSession producer = await StartAsync();
        AppendResult first = await AppendAsync(producer, 0, 1);
        AppendResult second = await AppendAsync(producer, 1, 2);
        for (int i = 0; i < 2; i++)
        {
            if (checkpoints)
            {
                await Engine.FlushAsync("s");
                await Engine.CheckpointAsync();
            }

            await _host!.ReopenAsync();
            Assert.Equal(first with { IsDuplicate = true }, await AppendAsync(producer, 0, 1));
            Assert.Equal(second with { IsDuplicate = true }, await AppendAsync(producer, 1, 2));
        }

        Assert.Equal(2, (await AppendAsync(producer, 2, 3)).FirstOffset);
        Assert.Equal([1, 2, 3], Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task A_gap_is_refused()
    {
        ProducerSession producer = await StartAsync();
        StorageException e = await RefusedAsync(StorageErrorCode.OutOfSequence, () => AppendAsync(producer, 1, 1));
        Assert.Contains("stream 's': expected append 0 of producer 'p', found 1", e.Message, StringComparison.Ordinal);
        await AppendAsync(producer, 0, 1);
        await RefusedAsync(StorageErrorCode.OutOfSequence, () => AppendAsync(producer, 2, 1));
        Assert.Equal([1], Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task Opening_again_ends_the_session_before_and_goes_on_where_it_was()
    {
        ProducerSession old = await StartAsync();
        await AppendAsync(old, 0, 1);
        ProducerSession young = await Engine.OpenProducerAsync("p");
        Assert.Equal(new ProducerSession(old.Id, "p", old.Epoch + 1, 1), young);
        StorageException e = await RefusedAsync(StorageErrorCode.ProducerFenced, () => AppendAsync(old, 1, 2));
        Assert.Contains("expected epoch 2 of producer 'p', found 1", e.Message, StringComparison.Ordinal);
        await RefusedAsync(StorageErrorCode.ProducerFenced, () => AppendAsync(old, 0, 1));
        Assert.True((await AppendAsync(young, 0, 1)).IsDuplicate);
        await AppendAsync(young, 1, 3);
        await _host!.ReopenAsync();
        await RefusedAsync(StorageErrorCode.ProducerFenced, () => AppendAsync(old, 2, 2));
        Assert.Equal([1, 3], Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task Another_append_with_a_number_that_was_taken_is_refused()
    {
        ProducerSession producer = await StartAsync();
        await Engine.CreateStreamAsync("t", Rows.Schema);
        await AppendAsync(producer, 0, 1);
        await RefusedAsync(StorageErrorCode.OutOfSequence, () => AppendAsync(producer, 0, 1, 2));
        await RefusedAsync(
            StorageErrorCode.OutOfSequence, () => Engine.AppendAsync(new StreamAppend("t", Rows.Of(1)), Numbered(producer, 0)));
    }

    [Fact]
    public async Task An_answer_that_is_not_kept_any_more_is_said_to_be_there()
    {
        ProducerSession producer = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 130).Select(i => AppendAsync(producer, i, i)));
        StorageException e = await RefusedAsync(StorageErrorCode.AlreadyAppended, () => AppendAsync(producer, 1, 1));
        Assert.Contains("append 1 of producer 'p' to stream 's' was taken before", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await AppendAsync(producer, 2, 2)).FirstOffset);
        Assert.Equal(Enumerable.Range(0, 130).Select(i => (long)i), Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task A_producer_that_nobody_opened_is_refused()
    {
        ProducerSession producer = await StartAsync();
        await RefusedAsync(StorageErrorCode.ProducerNotFound, () => AppendAsync(producer with { Id = 7 }, 0, 1));
        await RefusedAsync(StorageErrorCode.InvalidName, () => Engine.OpenProducerAsync(""));
        await RefusedAsync(StorageErrorCode.InvalidName, () => Engine.OpenProducerAsync("a\nb"));
        await RefusedAsync(StorageErrorCode.InvalidName, () => Engine.OpenProducerAsync(new string('ä', 128)));
        await RefusedAsync(StorageErrorCode.InvalidName, () => Engine.OpenProducerAsync("\uD800"));
    }

    [Fact]
    public async Task Producers_that_nobody_uses_are_forgotten_and_their_ids_never_used_again()
    {
        ManualTime time = new();
        ProducerSession producer = await StartAsync(o => o with { Time = time, ProducerIdle = TimeSpan.FromDays(1) });
        await AppendAsync(producer, 0, 1);
        time.Now += TimeSpan.FromHours(20);
        await AppendAsync(producer, 1, 2);
        time.Now += TimeSpan.FromHours(20);
        ProducerSession other = await Engine.OpenProducerAsync("other");
        Assert.Equal(["other", "p"], (await Engine.ListProducersAsync()).Select(p => p.Session.Name));
        time.Now += TimeSpan.FromHours(5);
        ProducerSession third = await Engine.OpenProducerAsync("third");
        Assert.Equal(other.Id + 1, third.Id);
        Assert.Equal(["other", "third"], (await Engine.ListProducersAsync()).Select(p => p.Session.Name));
        await RefusedAsync(StorageErrorCode.ProducerNotFound, () => AppendAsync(producer, 2, 3));
        await Engine.CheckpointAsync();
        await _host!.ReopenAsync();
        Assert.Equal(["other", "third"], (await Engine.ListProducersAsync()).Select(p => p.Session.Name));
        Assert.Equal(third.Id + 1, (await Engine.OpenProducerAsync("p")).Id);
    }

    [Fact]
    public async Task Producers_count_as_memory()
    {
        await StartAsync(o => o with { TailMemoryLimitBytes = 1 << 20 });
        int opened = 0;
        StorageException e = await RefusedAsync(StorageErrorCode.MemoryLimit, OpenManyAsync);
        Assert.Contains("cannot open producer 'p", e.Message, StringComparison.Ordinal);
        Assert.InRange(opened, 10, 200);

        async Task OpenManyAsync()
        {
            for (; opened < 1_000; opened++)
                await Engine.OpenProducerAsync("p" + opened);
        }
    }

    [Fact]
    public async Task An_append_without_rows_takes_no_number()
    {
        ProducerSession producer = await StartAsync();
        Assert.Equal(0, (await AppendAsync(producer, 0)).RowCount);
        Assert.False((await AppendAsync(producer, 0, 1)).IsDuplicate);
    }

    [Fact]
    public async Task Appends_of_a_chain_behind_a_refused_one_are_not_taken()
    {
        ProducerSession producer = await StartAsync();
        AppendOptions chained = new() { Chain = new AppendChain() };
        await Engine.AppendAsync(new StreamAppend("s", Rows.Of(1), ExpectedOffset: 0), chained);
        Task<AppendResult> refused = Engine.AppendAsync(new StreamAppend("s", Rows.Of(2), ExpectedOffset: 0), chained);
        Task<AppendResult> behind = Engine.AppendAsync(new StreamAppend("s", Rows.Of(3)), chained);
        await RefusedAsync(StorageErrorCode.OffsetMismatch, () => refused);
        await RefusedAsync(StorageErrorCode.OutOfSequence, () => behind);
        await AppendAsync(producer, 0, 4);
        Assert.Equal([1, 4], Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task An_append_that_expects_another_end_is_refused()
    {
        await StartAsync();
        Assert.Equal(0, (await Engine.AppendAsync(new StreamAppend("s", Rows.Of(1, 2), 0), AppendOptions.None)).FirstOffset);
        StorageException e = await RefusedAsync(
            StorageErrorCode.OffsetMismatch, () => Engine.AppendAsync(new StreamAppend("s", Rows.Of(3), 1), AppendOptions.None));
        Assert.Contains("stream 's': expected its end at offset 1, found it at 2", e.Message, StringComparison.Ordinal);
        await RefusedAsync(StorageErrorCode.OffsetMismatch, () => Engine.AppendAsync(new StreamAppend("s", Rows.Of(), 1), AppendOptions.None));
        await Engine.AppendAsync(new StreamAppend("s", Rows.Of(3), 2), AppendOptions.None);
        Assert.Equal([1, 2, 3], Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task Of_many_that_expect_the_same_end_one_wins()
    {
        await StartAsync();
        for (int round = 0; round < 20; round++)
        {
            int end = round;
            bool[] won = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => TryAsync(i, end))));
            Assert.Single(won, w => w);
        }

        async Task<bool> TryAsync(int value, long end)
        {
            try
            {
                await Engine.AppendAsync(new StreamAppend("s", Rows.Of(value), end), AppendOptions.None);
                return true;
            }
            catch (StorageException e) when (e.Code == StorageErrorCode.OffsetMismatch)
            {
                return false;
            }
        }
    }

    private async Task<ProducerSession> StartAsync(Func<StorageOptions, StorageOptions>? change = null)
    {
        _host = await EngineHost.StartAsync(change);
        await Engine.CreateStreamAsync("s", Rows.Schema);
        ProducerSession producer = await Engine.OpenProducerAsync("p");
        Assert.Equal(new ProducerSession(1, "p", 1, 0), producer);
        return producer;
    }

    private Task<AppendResult> AppendAsync(ProducerSession producer, long sequence, params long[] numbers)
    {
        RecordBatch rows = Rows.Of(numbers);
        return Engine.AppendAsync(new StreamAppend("s", rows), Numbered(producer, sequence));
    }

    private static AppendOptions Numbered(ProducerSession producer, long sequence) =>
        new() { Producer = new ProducerSequence(producer.Id, producer.Epoch, sequence) };

    private static async Task<StorageException> RefusedAsync(StorageErrorCode code, Func<Task> work)
    {
        StorageException e = await Assert.ThrowsAsync<StorageException>(work);
        Assert.Equal(code, e.Code);
        return e;
    }
}
