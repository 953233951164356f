using Varve.Storage.Tail;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Tail;

public class MemoryWaitTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Who_waits_gets_room_in_order_and_one_after_the_other()
    {
        MemoryBudget budget = new(100, Long, TimeProvider.System);
        Assert.True(budget.TryReserve(90));
        Task<MemoryTurn> large = budget.WaitAsync("s", 50, CancellationToken.None);
        Task<MemoryTurn> small = budget.WaitAsync("s", 1, CancellationToken.None);

        // There is room for it, but not before its turn.
        Assert.False(budget.TryReserve(1));
        Assert.Equal(140, budget.WantedBytes);
        Assert.False(large.IsCompleted || small.IsCompleted);
        budget.Release(90);
        MemoryTurn turn = await large;
        Assert.False(small.IsCompleted);
        Assert.False(budget.TryReserve(1));
        turn.Dispose();
        (await small).Dispose();
        Assert.Equal(51, budget.UsedBytes);
        Assert.True(budget.TryReserve(49));
        Assert.Equal(0, budget.RefusalCount);
    }

    [Fact]
    public async Task Room_that_the_tails_or_the_catalog_give_back_is_given_on()
    {
        MemoryBudget budget = new(100, Long, TimeProvider.System);
        budget.SetTail(60);
        budget.SetCatalog(40);
        Task<MemoryTurn> first = budget.WaitAsync("s", 30, CancellationToken.None);
        budget.SetTail(30);
        (await first).Dispose();
        Task<MemoryTurn> second = budget.WaitAsync("s", 20, CancellationToken.None);
        budget.SetCatalog(20);
        (await second).Dispose();
    }

    [Fact]
    public async Task A_wait_that_takes_too_long_ends_in_a_refusal_and_lets_the_next_one_in()
    {
        MemoryBudget budget = new(100, TimeSpan.FromMilliseconds(20), TimeProvider.System);
        budget.SetTail(60);
        int pressed = 0;
        budget.Pressed = () => pressed++;
        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => budget.WaitAsync("s", 50, CancellationToken.None));
        Assert.Equal(StorageErrorCode.MemoryLimit, refused.Code);
        Assert.Equal((1, 1, 60), (budget.RefusalCount, pressed, budget.UsedBytes));
        Assert.True(budget.TryReserve(40));
    }

    [Fact]
    public async Task What_can_never_fit_is_refused_at_once_as_is_everything_without_a_wait()
    {
        MemoryBudget patient = new(100, Long, TimeProvider.System);
        patient.SetCatalog(30);
        Task<MemoryTurn> tooLarge = patient.WaitAsync("s", 71, CancellationToken.None);
        Assert.True(tooLarge.IsFaulted);
        await Assert.ThrowsAsync<StorageException>(() => tooLarge);
        MemoryBudget impatient = new(100, TimeSpan.Zero, TimeProvider.System);
        Assert.True(impatient.TryReserve(100));
        Assert.True(impatient.WaitAsync("s", 1, CancellationToken.None).IsFaulted);
        Assert.Equal(1, impatient.RefusalCount);
    }

    [Fact]
    public async Task A_wait_is_called_off_and_leaves_no_trace()
    {
        MemoryBudget budget = new(100, Long, TimeProvider.System);
        budget.SetTail(100);
        using CancellationTokenSource calledOff = new();
        Task<MemoryTurn> first = budget.WaitAsync("s", 100, calledOff.Token);
        Task<MemoryTurn> second = budget.WaitAsync("s", 10, CancellationToken.None);
        await calledOff.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        budget.SetTail(90);
        (await second).Dispose();
        Assert.Equal(100, budget.UsedBytes);
    }

    [Fact]
    public async Task Who_waits_is_told_when_the_node_stops()
    {
        MemoryBudget budget = new(100, Long, TimeProvider.System);
        budget.SetTail(100);
        Task<MemoryTurn>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => budget.WaitAsync("s", 10, CancellationToken.None))];
        budget.Stop(new StorageException(StorageErrorCode.NodeStopped, "stopped"));
        foreach (Task<MemoryTurn> waiter in waiting.Append(budget.WaitAsync("s", 10, CancellationToken.None)))
            Assert.Equal(StorageErrorCode.NodeStopped, (await Assert.ThrowsAsync<StorageException>(() => waiter)).Code);
    }

    [Fact]
    public async Task Any_mix_of_waits_timeouts_and_cancellations_gives_all_memory_back()
    {
        int seed = TestSeed.Next(output.WriteLine);
        MemoryBudget budget = new(1_000, TimeSpan.FromMilliseconds(3), TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            Random random = new(seed + worker);
            for (int i = 0; i < 300; i++)
            {
                long bytes = random.Next(1, 600);
                using CancellationTokenSource calledOff = new();
                if (random.Next(4) == 0)
                    calledOff.CancelAfter(TimeSpan.FromMilliseconds(random.Next(5)));
                try
                {
                    if (!budget.TryReserve(bytes))
                        (await budget.WaitAsync("s", bytes, calledOff.Token)).Dispose();
                    Assert.InRange(budget.UsedBytes, bytes, 8 * 600);
                    await Task.Yield();
                    budget.Release(bytes);
                }
                catch (Exception e) when (e is OperationCanceledException or StorageException { Code: StorageErrorCode.MemoryLimit })
                {
                    // Nothing was taken.
                }
            }
        })));
        Assert.Equal(0, budget.UsedBytes);
        Assert.True(budget.TryReserve(1_000));
    }

    [Fact]
    public async Task Appends_beyond_the_limit_wait_until_sealing_has_made_room()
    {
        const long limit = 8 << 20;
        await using EngineHost host = await EngineHost.StartAsync(o => o with { TailMemoryLimitBytes = limit, MemoryWait = TimeSpan.FromMinutes(2) });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        Task<AppendResult>[] appends = [.. Enumerable.Range(0, 150).Select(i => host.Engine.AppendAsync("s", Rows.Range(i * 5_000, 5_000)))];
        AppendResult[] results = await Task.WhenAll(appends);

        // In the order in which they were asked for, whether they waited or not.
        Assert.Equal(Enumerable.Range(0, 150).Select(i => i * 5_000L), results.Select(r => r.FirstOffset));
        Assert.Equal(0, host.Engine.Statistics.MemoryRefusalCount);
        Assert.InRange(host.Engine.Statistics.SealCount, 1, 1_000);
        Assert.Equal(Enumerable.Range(0, 750_000).Select(n => (long)n), host.Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task An_append_that_waits_ends_with_the_engine()
    {
        EngineHost host = await EngineHost.StartAsync(o => o with
        {
            TailMemoryLimitBytes = 1 << 20,
            MemoryWait = Long,
            FileSystem = FileSystem.RefusingFileSystem.OfSegments(),
        });
        await using (host)
        {
            await host.Engine.CreateStreamAsync("s", Rows.Schema);
            Task<AppendResult>[] appends = [.. Enumerable.Range(0, 50).Select(i => host.Engine.AppendAsync("s", Rows.Range(0, 3_000)))];
            await host.CloseAsync();
            await Task.WhenAll(appends).ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.All(appends.Where(a => a.IsFaulted), a =>
                Assert.Equal(StorageErrorCode.NodeStopped, Assert.IsType<StorageException>(a.Exception!.InnerException).Code));
            Assert.Contains(appends, a => a.IsFaulted);
        }
    }
}
