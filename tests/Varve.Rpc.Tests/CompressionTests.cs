using System.IO.Compression;
using Google.Protobuf;
using Varve.Rpc.Client;
using Varve.Rpc.Framing;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>gzip and deflate, both ways.</summary>
public sealed class CompressionTests
{
    private static readonly byte[] Big = Echo.Blob(100_000).ToByteArray();

    [Fact]
    public async Task Our_client_and_server_compress_both_ways()
    {
        await using TestServer server = await TestServer.StartAsync(EchoCompressed);
        var options = new CallOptions { CompressRequests = true };
        Blob response = await server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, Echo.Blob(100_000), options).InTime();
        Assert.Equal(100_000, response.Body.Length);
        CallReport report = await server.NextReportAsync();
        Assert.InRange(report.RequestBytes, 1, 2000);
        Assert.InRange(report.ResponseBytes, 1, 2000);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Each_message_of_a_stream_is_a_compressed_stream_of_its_own(string encoding)
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddClientStreaming<Blob>(Echo.Collect, async call =>
        {
            long bytes = 0;
            while (await call.ReadAsync<Blob>() is { } blob)
                bytes += blob.Body.Length;
            return new Blob { Number = bytes };
        }));
        byte[] one = RawHttp2.Frame(Compress(encoding, Big), flag: 1);
        byte[] plain = RawHttp2.Frame(Big);
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.CollectPath, [.. one, .. plain, .. one], ("grpc-encoding", encoding));
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal(300_000, Blob.Parser.ParseFrom(response.Body.AsSpan(5).ToArray()).Number);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate", "deflate")]
    [InlineData("identity, deflate, gzip", "gzip")]
    [InlineData("identity,deflate,gzip,gzip,deflate", "gzip")]
    [InlineData("identity,deflate", "deflate")]
    [InlineData("identity", null)]
    [InlineData("br,snappy", null)]
    [InlineData(null, null)]
    public async Task A_response_is_compressed_only_in_an_encoding_that_the_client_accepts(string? accepted, string? expected)
    {
        await using TestServer server = await TestServer.StartAsync(EchoCompressed);
        (string, string)[] headers = accepted is null ? [] : [("grpc-accept-encoding", accepted)];
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame(Big), headers);
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal(expected, response.Headers["grpc-encoding"].SingleOrDefault());
        Assert.Equal(expected is null ? 0 : 1, response.Body[0]);
        byte[] message = response.Body[5..];
        Assert.Equal(Big, expected is null ? message : Decompress(expected, message));
    }

    [Fact]
    public async Task A_message_that_is_small_or_does_not_shrink_goes_as_it_is()
    {
        await using TestServer server = await TestServer.StartAsync(EchoCompressed);
        byte[] noise = new byte[10_000];
        new Random(1).NextBytes(noise);
        foreach (Blob blob in new[] { new Blob { Number = 1 }, new Blob { Body = ByteString.CopyFrom(noise) } })
        {
            RawResponse response = await server.ConnectRaw().PostAsync(
                Echo.SayPath, RawHttp2.Frame(blob.ToByteArray()), ("grpc-accept-encoding", "gzip"));
            Assert.Equal(RawHttp2.Frame(blob.ToByteArray()), response.Body);
        }
    }

    [Theory]
    [InlineData("snappy")]
    [InlineData("br")]
    [InlineData("GZIP")]
    [InlineData("gzip,deflate")]
    public async Task An_encoding_we_lack_is_UNIMPLEMENTED_with_a_list_of_those_we_have(string encoding)
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame(Big), ("grpc-encoding", encoding));
        Assert.True(response.IsTrailersOnly);
        Assert.Equal(StatusCode.Unimplemented, response.Status);
        Assert.Equal("identity,gzip,deflate", response.Headers["grpc-accept-encoding"].Single());
    }

    [Theory]
    [InlineData("gzip", new byte[] { 1, 2, 3 })]
    [InlineData("deflate", new byte[] { 1, 2, 3 })]
    [InlineData("gzip", new byte[] { 0x1F, 0x8B })]
    [InlineData("deflate", new byte[] { 0x78, 0x20, 0, 0, 0, 1, 3, 0 })] // It says that it needs a dictionary.
    public async Task Bytes_that_do_not_decompress_are_INTERNAL(string encoding, byte[] corrupt)
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame(corrupt, flag: 1), ("grpc-encoding", encoding));
        Assert.Equal(StatusCode.Internal, response.Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void A_compressed_message_cut_short_anywhere_is_INTERNAL(string encoding)
    {
        byte[] noise = new byte[2000];
        new Random(2).NextBytes(noise);
        byte[] whole = Compress(encoding, [.. noise, .. new byte[2000]]);
        for (int length = 1; length < whole.Length; length++)
        {
            var error = Assert.Throws<RpcException>(() => MessageCompression.Decompress(encoding, whole, 0, length, 1024 * 1024));
            Assert.Equal(StatusCode.Internal, error.Code);
        }

        Assert.Equal(4000, MessageCompression.Decompress(encoding, whole, 0, whole.Length, 1024 * 1024).LengthBytes);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_bomb_is_RESOURCE_EXHAUSTED_as_soon_as_it_passes_the_limit(string encoding)
    {
        await using TestServer server = await TestServer.StartEchoAsync(options => options with { MaxReceiveMessageBytes = 1024 * 1024 });
        byte[] bomb = Compress(encoding, new byte[200 * 1024 * 1024]);
        Assert.InRange(bomb.Length, 1, 1024 * 1024);
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame(bomb, flag: 1), ("grpc-encoding", encoding));
        Assert.Equal(StatusCode.ResourceExhausted, response.Status);
    }

    [Fact]
    public void A_bomb_costs_no_more_memory_than_the_limit()
    {
        const int Limit = 1024 * 1024;
        byte[] bomb = Compress("gzip", new byte[100 * 1024 * 1024]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<RpcException>(() => MessageCompression.Decompress("gzip", bomb, 0, bomb.Length, Limit));
        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 6 * Limit);
    }

    [Fact]
    public async Task An_empty_compressed_message_is_an_empty_message()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, RawHttp2.Frame([], flag: 1), ("grpc-encoding", "gzip"));
        Assert.Equal(StatusCode.Ok, response.Status);
    }

    private static void EchoCompressed(GrpcServer server) => server.AddUnary<Blob, Blob>(Echo.Say, (request, call) =>
    {
        call.TryCompressResponses();
        return Task.FromResult(request);
    });

    private static byte[] Compress(string encoding, byte[] data)
    {
        using var memory = new MemoryStream();
        using (Stream stream = encoding == "gzip"
            ? new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true)
            : new ZLibStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(data);
        }

        return memory.ToArray();
    }

    private static byte[] Decompress(string encoding, byte[] data)
    {
        using var memory = new MemoryStream();
        using (Stream stream = encoding == "gzip"
            ? new GZipStream(new MemoryStream(data), CompressionMode.Decompress)
            : new ZLibStream(new MemoryStream(data), CompressionMode.Decompress))
        {
            stream.CopyTo(memory);
        }

        return memory.ToArray();
    }
}
