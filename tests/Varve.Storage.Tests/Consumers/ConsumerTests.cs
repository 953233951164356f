namespace Varve.Storage.Tests.Consumers;

/// <summary>Consumers: rows handed out, acknowledged, delivered again, given up.</summary>
public sealed class ConsumerTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly StepTime _time = new();
    private EngineHost? _host;

    private StorageEngine Engine => _host!.Engine;

    private ConsumerDescription Consumer => Engine.DescribeConsumer("s", "c");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    [Fact]
    public async Task Members_share_the_rows_and_progress_is_what_they_acknowledged()
    {
        await StartAsync(100);
        ConsumerLease a = Lease("a", 30);
        ConsumerLease b = Lease("b", 30);
        Assert.Equal([new OffsetRange(0, 30), new OffsetRange(30, 60)], [a.Rows, b.Rows]);
        Assert.Equal(30, await AcknowledgeAsync(b.Rows));
        Assert.Equal((0, 70), (Consumer.Offset, Consumer.LagRowCount));
        Assert.Equal([new OffsetRange(30, 60)], Consumer.DoneAbove);
        Assert.Equal(10, await AcknowledgeAsync(new OffsetRange(0, 10), new OffsetRange(5, 10), new OffsetRange(30, 35)));
        Assert.Equal(20, await AcknowledgeAsync(new OffsetRange(10, 30)));
        Assert.Equal((60, 0, 60), (Consumer.Offset, Consumer.DoneAbove.Count, Consumer.AcknowledgedRowCount));
        Assert.Empty(Consumer.Members);
        Assert.Equal(new OffsetRange(60, 100), Lease("a", 1_000).Rows);
        Assert.Null(Engine.TryLease("s", "c", "b", 1));
        Assert.Equal(["a"], Consumer.Members);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restarts_keep_progress_and_failures_and_deliver_again_what_was_not_acknowledged(bool checkpoints)
    {
        await StartAsync(50, new ConsumerSettings { AckTimeout = Timeout, DeadLetterStream = "dead", DeliveriesMax = 3 });
        ConsumerLease a = Lease("a", 20);
        ConsumerLease b = Lease("b", 20);
        await AcknowledgeAsync(b.Rows);
        await Engine.RejectAsync("s", "c", "a", a.Id, [new OffsetRange(3, 5)]);
        ConsumerDescription before = Consumer;
        if (checkpoints)
            await Engine.CheckpointAsync();
        await _host!.ReopenAsync();
        Assert.Equal(before with { Members = Consumer.Members, DoneAbove = Consumer.DoneAbove, LeasedRowCount = 0 }, Consumer);
        Assert.Equal(before.DoneAbove, Consumer.DoneAbove);
        Assert.Equal(new OffsetRange(0, 3), Lease("x", 100).Rows);
        ConsumerLease again = Lease("x", 100);
        Assert.Equal((new OffsetRange(3, 4), 2), (again.Rows, again.Delivery));
        Assert.Equal(3, await AcknowledgeAsync(new OffsetRange(0, 3)));
    }

    [Fact]
    public async Task What_is_not_acknowledged_in_time_is_delivered_again_to_whoever_waits()
    {
        await StartAsync(10);
        ConsumerLease first = Lease("a", 10);
        Task<ConsumerLease> waiting = Engine.LeaseAsync("s", "c", "b", 10);
        _time.Advance(Timeout - TimeSpan.FromSeconds(1));
        Assert.False(waiting.IsCompleted);
        Assert.Equal(Timeout, Engine.ExtendLease("s", "c", "a", first.Id));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(10, Consumer.LeasedRowCount);
        await AcknowledgeAsync(new OffsetRange(0, 4));
        _time.Advance(Timeout);
        ConsumerLease second = await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((4, 2), (second.Rows.From, second.Delivery));
        Assert.Equal(6, Consumer.FailedRowCount);
        StorageException lost = Assert.Throws<StorageException>(() => Engine.ExtendLease("s", "c", "a", first.Id));
        Assert.Equal(StorageErrorCode.LeaseLost, lost.Code);
        Assert.Equal(6, await AcknowledgeAsync(new OffsetRange(4, 10)));
        Assert.Equal(10, Consumer.Offset);
    }

    [Fact]
    public async Task A_row_that_nobody_can_process_goes_to_the_dead_letters_and_takes_no_other_with_it()
    {
        await StartAsync(400, new ConsumerSettings { AckTimeout = Timeout, DeadLetterStream = "dead", DeliveriesMax = 4 });
        for (int step = 0; Consumer.Offset < 400; step++)
        {
            Assert.True(step < 2_000, $"still at {Consumer.Offset}");
            ConsumerLease lease = Lease("a", 200);
            if (lease.Rows.From <= 123 && lease.Rows.End > 123)
                await Engine.RejectAsync("s", "c", "a", lease.Id, [], reason: "row 123 is poison");
            else
                await AcknowledgeAsync(lease.Rows);
        }

        StreamView dead = Engine.OpenView("dead");
        Assert.Equal([123L], dead.Column("source_offset"));
        Assert.Equal(["s"], dead.Column("source_stream"));
        Assert.Equal(["c"], dead.Column("consumer"));
        Assert.Equal([4], dead.Column("deliveries"));
        Assert.Equal(["row 123 is poison"], dead.Column("reason"));
        Assert.Equal(["""{"n":123,"text":"text 123"}"""], dead.Column("source_row"));
        Assert.Equal((399, 1, 0), (Consumer.AcknowledgedRowCount, Consumer.DeadRowCount, Consumer.LagRowCount));
        await _host!.ReopenAsync();
        Assert.Equal((399, 1, 400), (Consumer.AcknowledgedRowCount, Consumer.DeadRowCount, Consumer.Offset));
        Assert.Equal(1, Engine.Describe("dead").RowCount);
    }

    [Fact]
    public async Task Rejected_rows_rest_for_as_long_as_is_said()
    {
        await StartAsync(10);
        ConsumerLease lease = Lease("a", 4);
        await Engine.RejectAsync("s", "c", "a", lease.Id, [new OffsetRange(1, 2)], TimeSpan.FromSeconds(5));
        Assert.Equal(new OffsetRange(4, 10), Lease("b", 10).Rows);
        Assert.Null(Engine.TryLease("s", "c", "b", 10));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(new OffsetRange(1, 2), Lease("b", 10).Rows);
        Engine.ReleaseLeases("s", "c", "a", [lease.Id]);
        ConsumerLease given = Lease("b", 10);
        Assert.Equal((new OffsetRange(0, 1), 1), (given.Rows, given.Delivery));
    }

    [Fact]
    public async Task No_more_rows_are_out_than_may_be_in_flight()
    {
        await StartAsync(100, new ConsumerSettings { AckTimeout = Timeout, RowsInFlightMax = 10 });
        Assert.Equal(new OffsetRange(0, 10), Lease("a", 50).Rows);
        Assert.Null(Engine.TryLease("s", "c", "b", 50));
        Task<ConsumerLease> waiting = Engine.LeaseAsync("s", "c", "b", 50);
        await AcknowledgeAsync(new OffsetRange(0, 3));
        Assert.Equal(new OffsetRange(10, 13), (await waiting.WaitAsync(TimeSpan.FromSeconds(60))).Rows);
    }

    [Fact]
    public async Task A_reset_shuts_out_whoever_had_rows_before()
    {
        await StartAsync(10);
        ConsumerLease old = Lease("a", 4);
        await AcknowledgeAsync(new OffsetRange(6, 8));
        Assert.Equal(2, (await Engine.ResetConsumerAsync("s", "c", ConsumerStart.Current)).Epoch);
        StorageException fenced = await Assert.ThrowsAsync<StorageException>(() => Engine.AcknowledgeAsync("s", "c", old.Epoch, [old.Rows]));
        Assert.Equal(StorageErrorCode.ConsumerFenced, fenced.Code);
        Assert.Equal(new OffsetRange(0, 6), Lease("b", 10).Rows);
        Assert.Equal([new OffsetRange(6, 8)], Consumer.DoneAbove);
        await Engine.ResetConsumerAsync("s", "c", new ConsumerStart.AtOffset(7));
        Assert.Equal(new OffsetRange(7, 10), Lease("b", 10).Rows);
        Assert.Equal((7, 3, 0), (Consumer.Offset, Consumer.Epoch, Consumer.AcknowledgedRowCount));
        Assert.Equal(10, (await Engine.ResetConsumerAsync("s", "c", ConsumerStart.Latest)).Offset);
        Assert.Equal(0, (await Engine.ResetConsumerAsync("s", "c", ConsumerStart.Earliest)).Offset);
        await RefusedAsync(StorageErrorCode.OffsetOutOfRange, () => Engine.ResetConsumerAsync("s", "c", new ConsumerStart.AtOffset(11)));
    }

    [Fact]
    public async Task A_single_reader_keeps_its_offset_and_notices_a_second_one()
    {
        await StartAsync(10);
        Assert.Equal(4, await Engine.CommitOffsetAsync("s", "c", 4, expectedOffset: 0));
        Assert.Equal(2, await Engine.CommitOffsetAsync("s", "c", 6));
        StorageException e = await RefusedAsync(StorageErrorCode.OffsetMismatch, () => Engine.CommitOffsetAsync("s", "c", 7, expectedOffset: 4));
        Assert.Contains("expected it at offset 4, found it at 6", e.Message, StringComparison.Ordinal);
        await RefusedAsync(StorageErrorCode.OffsetOutOfRange, () => Engine.CommitOffsetAsync("s", "c", 11));
        Assert.Equal(0, await Engine.CommitOffsetAsync("s", "c", 2));
        await _host!.ReopenAsync();
        Assert.Equal((6, 6), (Consumer.Offset, Consumer.AcknowledgedRowCount));
    }

    [Fact]
    public async Task Retention_moves_a_consumer_on_and_counts_what_it_missed()
    {
        await StartAsync(10);
        await Engine.FlushAsync("s");
        await Engine.AppendAsync("s", Rows.Range(10, 10));
        await AcknowledgeAsync(new OffsetRange(2, 4), new OffsetRange(9, 12));
        ConsumerLease lease = Lease("a", 2);
        await Engine.SegmentChanges.TrimAsync(Engine.CatalogHead.Find("s"), 10);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal((12, 7, 5, 8), (Consumer.Offset, Consumer.MissedRowCount, Consumer.AcknowledgedRowCount, Consumer.LagRowCount));
            await _host!.ReopenAsync();
        }

        Assert.Equal(0, await AcknowledgeAsync(lease.Rows));
        Assert.Equal(new OffsetRange(12, 20), Lease("a", 100).Rows);
    }

    [Fact]
    public async Task Dropping_a_stream_drops_its_consumers_and_ends_the_wait_for_rows()
    {
        await StartAsync(0);
        await Engine.CreateStreamAsync("t", Rows.Schema);
        await Engine.CreateConsumerAsync("t", "c", ConsumerSettings.Default, ConsumerStart.Earliest);
        Task<ConsumerLease> waiting = Engine.LeaseAsync("s", "c", "a", 1);
        await Engine.DropStreamAsync("s");
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(StorageErrorCode.ConsumerNotFound, e.Code);
        waiting = Engine.LeaseAsync("t", "c", "a", 1);
        await Engine.CreateStreamAsync("s", Rows.Schema);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(["t"], Engine.ListConsumers().Select(c => c.Stream));
            await Engine.CheckpointAsync();
            await _host!.ReopenAsync();
        }

        e = await Assert.ThrowsAsync<StorageException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(StorageErrorCode.NodeStopped, e.Code);
        waiting = Engine.LeaseAsync("t", "c", "a", 1);
        await Engine.DeleteConsumerAsync("t", "c");
        e = await Assert.ThrowsAsync<StorageException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(StorageErrorCode.ConsumerNotFound, e.Code);
    }

    [Fact]
    public async Task Bad_requests_are_refused_and_change_nothing()
    {
        await StartAsync(10);
        ConsumerSettings good = ConsumerSettings.Default;
        await RefusedAsync(StorageErrorCode.ConsumerAlreadyExists, () => Engine.CreateConsumerAsync("s", "c", good, ConsumerStart.Latest));
        await RefusedAsync(StorageErrorCode.StreamNotFound, () => Engine.CreateConsumerAsync("x", "c", good, ConsumerStart.Latest));
        await RefusedAsync(StorageErrorCode.InvalidName, () => Engine.CreateConsumerAsync("s", "a\nb", good, ConsumerStart.Latest));
        await RefusedAsync(StorageErrorCode.ConsumerNotFound, () => Engine.DeleteConsumerAsync("s", "d"));
        await RefusedAsync(StorageErrorCode.OffsetOutOfRange, () => AcknowledgeAsync(new OffsetRange(5, 11)));
        await RefusedAsync(StorageErrorCode.OffsetOutOfRange, () => AcknowledgeAsync(new OffsetRange(-1, 2)));
        await RefusedAsync(StorageErrorCode.LeaseLost, () => Engine.RejectAsync("s", "c", "a", 7, []));
        foreach (ConsumerSettings bad in new[]
        {
            good with { AckTimeout = TimeSpan.Zero },
            good with { RowsInFlightMax = 0 },
            good with { DeliveriesMax = 3 },
            good with { DeadLetterStream = "dead" },
            good with { DeliveriesMax = 3, DeadLetterStream = "s" },
        })
            await RefusedAsync(StorageErrorCode.InvalidSettings, () => Engine.AlterConsumerAsync("s", "c", bad));
        await Engine.CreateStreamAsync("other", Rows.Schema);
        await RefusedAsync(
            StorageErrorCode.InvalidSettings,
            () => Engine.AlterConsumerAsync("s", "c", good with { DeliveriesMax = 3, DeadLetterStream = "other" }));
        Assert.Equal((0, 1), (Consumer.AcknowledgedRowCount, Consumer.Epoch));
        ConsumerSettings changed = good with { DeliveriesMax = 3, DeadLetterStream = "dead", RowsInFlightMax = 5 };
        await Engine.AlterConsumerAsync("s", "c", changed);
        await _host!.ReopenAsync();
        Assert.Equal(changed, Consumer.Settings);
    }

    private async Task StartAsync(int rowCount, ConsumerSettings? settings = null)
    {
        _host = await EngineHost.StartAsync(o => o with { Time = _time });
        await Engine.CreateStreamAsync("s", Rows.Schema);
        if (rowCount > 0)
            await Engine.AppendAsync("s", Rows.Range(0, rowCount));
        await Engine.CreateConsumerAsync("s", "c", settings ?? new ConsumerSettings { AckTimeout = Timeout }, ConsumerStart.Earliest);
    }

    private ConsumerLease Lease(string member, int rowsMax) =>
        Engine.TryLease("s", "c", member, rowsMax) ?? throw new InvalidOperationException($"there are no rows for {member}");

    private Task<long> AcknowledgeAsync(params OffsetRange[] rows) => Engine.AcknowledgeAsync("s", "c", Consumer.Epoch, rows);

    private static async Task<StorageException> RefusedAsync(StorageErrorCode code, Func<Task> work)
    {
        StorageException e = await Assert.ThrowsAsync<StorageException>(work);
        Assert.Equal(code, e.Code);
        return e;
    }
}
