using System.IO.Compression;
using Google.Protobuf.Reflection;
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

        // The message is in its handler's hands until that reads on.
        Task next = budget.ReserveAsync(100_000, default).AsTask();
        Assert.False(next.IsCompleted);
        Assert.False((await reader.ReadAsync(static m => m.Length, default)).HasMessage);
        await next;
    }

    [Fact]
    public async Task A_handler_that_is_done_with_its_message_gives_its_room_to_others()
    {
        var budget = new ReceiveBudget(100_000);
        using var stream = new MemoryStream(RawHttp2.Frame(new byte[40_000]));
        using var reader = new FrameReader(stream, int.MaxValue, null, 1000, budget);
        await reader.ReadAsync(static m => m.Length, default);
        Assert.False(budget.TryReserve(30_000));
        reader.ReleaseMessage();
        Assert.True(budget.TryReserve(100_000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_that_would_take_far_more_than_its_bytes_is_refused_unparsed(bool isCompressed)
    {
        // 20,000 empty messages of two bytes each, which become 20,000 objects.
        byte[] message = [.. Enumerable.Repeat<byte[]>([(4 << 3) | 2, 0], 20_000).SelectMany(b => b)];
        var budget = new ReceiveBudget(500_000);
        using var stream = new MemoryStream(isCompressed ? RawHttp2.Frame(Gzip(message), flag: 1) : RawHttp2.Frame(message));
        using var reader = new FrameReader(stream, 100_000, "gzip", 1000, budget);
        var e = await Assert.ThrowsAsync<RpcException>(
            async () => await reader.ReadAsync(MessageDecoder<FileDescriptorProto>.Decode, MessageDecoder<FileDescriptorProto>.Cost, default));
        Assert.Equal(StatusCode.ResourceExhausted, e.Code);
        reader.Dispose();
        Assert.True(budget.TryReserve(500_000));
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

    private static byte[] Gzip(byte[] message)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(message);
        return packed.ToArray();
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
