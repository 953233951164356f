using Varve.Rpc.Framing;
using Varve.Rpc.Tests.Hosting;

namespace Varve.Rpc.Tests;

public sealed class ReceiveBudgetTests
{
    [Fact]
    public async Task Messages_wait_in_the_order_of_coming_until_there_is_room()
    {
        var budget = new ReceiveBudget(100);
        await budget.ReserveAsync(60, default);
        await budget.ReserveAsync(40, default);
        Task large = budget.ReserveAsync(80, default).AsTask();
        Task small = budget.ReserveAsync(1, default).AsTask();
        budget.Release(60);
        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted, "a small message does not overtake a large one for ever");
        budget.Release(40);
        await Task.WhenAll(large, small);
    }

    [Fact]
    public async Task A_message_larger_than_the_limit_goes_alone()
    {
        var budget = new ReceiveBudget(100);
        await budget.ReserveAsync(5000, default);
        Task next = budget.ReserveAsync(1, default).AsTask();
        Assert.False(next.IsCompleted);
        budget.Release(5000);
        await next;
    }

    [Fact]
    public async Task A_wait_that_is_given_up_holds_nobody()
    {
        var budget = new ReceiveBudget(100);
        await budget.ReserveAsync(50, default);
        using var cancel = new CancellationTokenSource();
        Task first = budget.ReserveAsync(90, cancel.Token).AsTask();
        Task second = budget.ReserveAsync(50, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await second;
        budget.Release(50);
        budget.Release(50);
        await budget.ReserveAsync(100, default);
    }

    [Fact]
    public async Task A_large_message_is_received_only_when_there_is_room_and_gives_it_back()
    {
        var budget = new ReceiveBudget(100_000);
        byte[] message = new byte[90_000];
        await budget.ReserveAsync(50_000, default);
        using var twice = new MemoryStream([.. RawHttp2.Frame(message), .. RawHttp2.Frame(message)]);
        using var reader = new FrameReader(twice, int.MaxValue, null, 1000, budget);
        Task<FrameRead<int>> read = reader.ReadAsync(static m => m.Length, default).AsTask();
        Assert.False(read.IsCompleted);
        budget.Release(50_000);
        Assert.Equal(90_000, (await read).Message);
        Assert.Equal(90_000, (await reader.ReadAsync(static m => m.Length, default)).Message);
        await budget.ReserveAsync(100_000, default);
    }

    [Fact]
    public async Task A_sender_that_falls_silent_inside_a_message_loses_its_room()
    {
        var budget = new ReceiveBudget(100_000, TimeSpan.FromMilliseconds(50));
        using var stream = new SilentStream(RawHttp2.FrameOf(90_000, new byte[2000]));
        using var reader = new FrameReader(stream, int.MaxValue, null, 1000, budget);
        var e = await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(static m => m.Length, default));
        Assert.Equal(StatusCode.DeadlineExceeded, e.Code);
        await budget.ReserveAsync(100_000, default);
    }

    /// <summary>Gives some bytes, and then nothing until the read is cancelled.</summary>
    private sealed class SilentStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return Read(buffer.Span);
        }
    }
}
