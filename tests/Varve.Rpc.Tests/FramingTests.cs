using Google.Protobuf;
using Varve.Rpc.Framing;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>Messages in the stream of bytes: their headers, limits and ends.</summary>
public sealed class FramingTests
{
    private static readonly byte[] Five = new Blob { Number = 5 }.ToByteArray();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Message_boundaries_have_nothing_to_do_with_DATA_frames(int pieceBytes)
    {
        await using TestServer server = await TestServer.StartAsync(CountMessages);
        byte[] abc = [0x12, 3, 97, 98, 99];
        byte[] body = [.. RawHttp2.Frame(Five), .. RawHttp2.Frame([]), .. RawHttp2.Frame(abc), .. RawHttp2.Frame(Five)];
        RawHttp2 raw = server.ConnectRaw();
        RawResponse response = await RawHttp2.ReadAsync(
            await raw.SendAsync(raw.CreatePost(Echo.CollectPath, new BytewiseContent(body, pieceBytes))));
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal(4, Blob.Parser.ParseFrom(response.Body.AsSpan(5).ToArray()).Number);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "inside a message header")]
    [InlineData(new byte[] { 0 }, "inside a message header")]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, "inside a message")]
    [InlineData(new byte[] { 0, 0, 1, 0, 0, 1 }, "inside a message")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0xFF, 0xFF }, "does not parse")]
    [InlineData(new byte[] { 1, 0, 0, 0, 2, 8, 5 }, "no grpc-encoding")]
    [InlineData(new byte[] { 2, 0, 0, 0, 2, 8, 5 }, "flag 2")]
    [InlineData(new byte[] { 255, 0, 0, 0, 2, 8, 5 }, "flag 255")]
    public async Task A_malformed_stream_is_INTERNAL_and_says_why(byte[] body, string why)
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawHttp2 raw = server.ConnectRaw();
        RawResponse response = await raw.PostAsync(Echo.SayPath, body);
        Assert.Equal(StatusCode.Internal, response.Status);
        Assert.Contains(why, response.Message, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Ok, (await raw.PostAsync(Echo.SayPath, RawHttp2.Frame(Five))).Status);
    }

    [Fact]
    public async Task Identity_is_no_encoding_for_a_compressed_flag()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse plain = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame(Five), ("grpc-encoding", "identity"));
        RawResponse flagged = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame(Five, flag: 1), ("grpc-encoding", "identity"));
        Assert.Equal(StatusCode.Ok, plain.Status);
        Assert.Equal(StatusCode.Internal, flagged.Status);
    }

    [Theory]
    [InlineData(1001u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0x8000_0000u)]
    [InlineData(0xFFFF_FFFFu)]
    public async Task A_message_over_the_limit_is_RESOURCE_EXHAUSTED_by_its_header_alone(uint length)
    {
        await using TestServer server = await TestServer.StartEchoAsync(options => options with { MaxReceiveMessageBytes = 1000 });
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.FrameOf(length, [1]));
        Assert.Equal(StatusCode.ResourceExhausted, response.Status);
        Assert.Contains($"{length}", response.Message, StringComparison.Ordinal);
        Assert.Contains("1000", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_just_the_limit_passes()
    {
        Blob blob = Echo.Blob(990);
        await using TestServer server = await TestServer.StartEchoAsync(options => options with { MaxReceiveMessageBytes = blob.CalculateSize() });
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame(blob.ToByteArray()));
        Assert.Equal(StatusCode.Ok, response.Status);
    }

    [Fact]
    public async Task A_method_may_have_a_limit_of_its_own()
    {
        var own = new ServerMethodOptions { MaxReceiveMessageBytes = 100_000 };
        await using TestServer server = await TestServer.StartAsync(
            grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (request, _) => Task.FromResult(request), own),
            options => options with { MaxReceiveMessageBytes = 10 });
        RawHttp2 raw = server.ConnectRaw();
        Assert.Equal(StatusCode.Ok, (await raw.PostAsync(Echo.SayPath, RawHttp2.Frame(Echo.Blob(50_000).ToByteArray()))).Status);
        Assert.Equal(StatusCode.ResourceExhausted, (await raw.PostAsync(Echo.SayPath, RawHttp2.FrameOf(100_001, []))).Status);
    }

    [Fact]
    public void A_length_that_is_announced_but_never_sent_costs_no_memory()
    {
        const int Announced = 512 * 1024 * 1024;
        using var stream = new MemoryStream(RawHttp2.FrameOf(Announced, new byte[1000]));
        using var reader = new FrameReader(stream, messageBytesMax: int.MaxValue, encoding: null, bufferBytes: 16 * 1024);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<RpcException>(() =>
            reader.ReadAsync(static message => message.Length, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        Assert.Equal(StatusCode.Internal, error.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    [Theory]
    [InlineData(1024 * 1024)]
    [InlineData(5 * 1024 * 1024 + 3)]
    [InlineData(20 * 1024 * 1024)]
    public async Task Large_messages_arrive_whole_one_after_another(int bodyBytes)
    {
        byte[] first = Enumerable.Range(0, bodyBytes).Select(i => (byte)(i * 31)).ToArray();
        byte[] second = first.Reverse().ToArray();
        using var stream = new MemoryStream([.. RawHttp2.Frame(first), .. RawHttp2.Frame(Five), .. RawHttp2.Frame(second)]);
        using var reader = new FrameReader(stream, messageBytesMax: int.MaxValue, encoding: null, bufferBytes: 16 * 1024);
        Assert.Equal(first, (await reader.ReadAsync(static message => message.ToArray(), default)).Message);
        Assert.Equal(Five, (await reader.ReadAsync(static message => message.ToArray(), default)).Message);
        Assert.Equal(second, (await reader.ReadAsync(static message => message.ToArray(), default)).Message);
        Assert.False((await reader.ReadAsync(static message => message.ToArray(), default)).HasMessage);
    }

    [Fact]
    public async Task A_decoder_that_meets_bytes_it_cannot_read_makes_INTERNAL()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.Add(Echo.Collect, async call =>
            await call.ReadAsync<int>(_ => throw new MalformedMessageException("field 1000 is cut short"))));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.CollectPath, RawHttp2.Frame(Five));
        Assert.Equal(StatusCode.Internal, response.Status);
        Assert.Contains("field 1000 is cut short", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_message_that_was_read_but_not_understood_the_next_one_can_be_read()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddClientStreaming<Blob>(Echo.Collect, async call =>
        {
            await Assert.ThrowsAsync<RpcException>(async () => await call.ReadAsync<Blob>());
            return (await call.ReadAsync<Blob>())!;
        }));
        RawResponse response = await server.ConnectRaw().PostAsync(
            Echo.CollectPath, [.. RawHttp2.Frame(new byte[] { 0xFF, 0xFF }), .. RawHttp2.Frame(Five)]);
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal(RawHttp2.Frame(Five), response.Body);
    }

    [Fact]
    public async Task Two_reads_at_once_are_refused_instead_of_mixed_up()
    {
        using var never = new NeverReadableStream();
        using var reader = new FrameReader(never, 1000, null, 1000);
        using var end = new CancellationTokenSource();
        ValueTask<FrameRead<int>> first = reader.ReadAsync(static _ => 0, end.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.ReadAsync(static _ => 0, end.Token));
        reader.Dispose();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reader.ReadAsync(static _ => 0, default));
    }

    private static void CountMessages(GrpcServer server) => server.AddClientStreaming<Blob>(Echo.Collect, async call =>
    {
        int count = 0;
        while (await call.ReadAsync<Blob>() is not null)
            count++;
        return new Blob { Number = count };
    });
}
