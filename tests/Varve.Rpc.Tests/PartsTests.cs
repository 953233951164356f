using System.Buffers;
using Varve.Rpc.Client;
using Varve.Rpc.Framing;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Rpc.Tests;

/// <summary>Messages written as a prefix and parts, and read by a decoder where they lie.</summary>
public sealed class PartsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Parts_of_any_sizes_make_one_message_in_both_directions()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, async call =>
        {
            while (await call.ReadAsync<Blob>() is { } blob)
                await call.WritePartsAsync(Echo.BlobPrefix(blob.Body.Length), Split(blob.Body.ToByteArray(), (int)blob.Number));
        }));
        using DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        int[] edges = [1, 4096, 4097, 65_529, 65_530, 65_531, 65_536, 131_072, 300_000];
        foreach (int size in edges.Concat(Enumerable.Range(0, 40).Select(_ => random.Next(1, 400_000))))
        {
            byte[] body = new byte[size];
            random.NextBytes(body);
            int pieces = random.Next(1, 9);
            byte[] number = [8, (byte)pieces];
            await call.RequestStream.WritePartsAsync((byte[])[.. number, .. Echo.BlobPrefix(size)], Split(body, pieces)).InTime();
            Blob? echoed = await call.ResponseStream.ReadAsync().InTime();
            Assert.True(body.AsSpan().SequenceEqual(echoed!.Body.Span), $"{size} bytes in {pieces} pieces");
        }
    }

    [Fact]
    public async Task A_message_of_a_prefix_alone_or_of_nothing_is_a_message()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, async call =>
        {
            while ((await call.ReadAsync(static bytes => bytes.ToArray())).TryGet(out byte[]? bytes))
                await call.WritePartsAsync(bytes, []);
        }));
        using DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        await call.RequestStream.WritePartsAsync(new byte[] { 8, 5 }, []).InTime();
        Assert.Equal(5, (await call.ResponseStream.ReadAsync().InTime())!.Number);
        await call.RequestStream.WritePartsAsync(default, [default, default]).InTime();
        Assert.Equal(new Blob(), await call.ResponseStream.ReadAsync().InTime());
    }

    [Fact]
    public async Task Messages_and_parts_may_alternate()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
        {
            for (int i = 0; i < 10; i++)
            {
                call.Write(new Blob { Number = i });
                await call.WritePartsAsync(Echo.BlobPrefix(100_000), [new byte[100_000]]);
            }
        }));
        using ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(i, (await call.ResponseStream.ReadAsync().InTime())!.Number);
            Assert.Equal(100_000, (await call.ResponseStream.ReadAsync().InTime())!.Body.Length);
        }
    }

    [Fact]
    public async Task Parts_go_as_they_are_where_messages_are_compressed()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
        {
            Assert.True(call.TryCompressResponses());
            await call.WriteAsync(Echo.Blob(1000));
            await call.WritePartsAsync(Echo.BlobPrefix(1000), [new byte[1000]]);
        }));
        using ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        Assert.Equal(1000, (await call.ResponseStream.ReadAsync().InTime())!.Body.Length);
        Assert.Equal(1000, (await call.ResponseStream.ReadAsync().InTime())!.Body.Length);
        Assert.Null(await call.ResponseStream.ReadAsync().InTime());
    }

    [Fact]
    public async Task The_client_reads_by_a_decoder_without_a_message_object()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
        {
            for (int i = 0; i < 5; i++)
                await call.WritePartsAsync(Echo.BlobPrefix(1_000_000), [new byte[1_000_000]]);
        }));
        using ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        int messages = 0;
        while ((await call.ResponseStream.ReadAsync(static bytes => bytes.Length).InTime()).TryGet(out int length))
        {
            Assert.Equal(1_000_000 + Echo.BlobPrefix(1_000_000).Length, length);
            messages++;
        }

        Assert.Equal(5, messages);
    }

    [Fact]
    public void A_message_beyond_what_a_frame_can_say_is_refused_before_a_byte_is_written()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var gigabyte = new UnbackedMemory(1024 * 1024 * 1024);
        var error = Assert.Throws<RpcException>(() => FrameWriter.WritePrefix(buffer, default, [gigabyte.Memory, gigabyte.Memory]));
        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        Assert.Equal(0, buffer.WrittenCount);
    }

    private static ReadOnlyMemory<byte>[] Split(byte[] body, int pieces)
    {
        int step = body.Length / pieces + 1;
        return [.. Enumerable.Range(0, pieces)
            .Select(i => (Start: Math.Min(i * step, body.Length), End: Math.Min((i + 1) * step, body.Length)))
            .Select(range => (ReadOnlyMemory<byte>)body.AsMemory(range.Start..range.End))];
    }

    /// <summary>Memory with a length and nothing behind it.</summary>
    private sealed class UnbackedMemory(int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("there is nothing to read");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
