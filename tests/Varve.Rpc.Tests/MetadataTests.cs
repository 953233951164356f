using Varve.Rpc.Client;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Rpc.Tests;

/// <summary>Metadata in both directions, text and binary.</summary>
public sealed class MetadataTests(ITestOutputHelper output)
{
    private static readonly byte[] Message = RawHttp2.Frame([]);
    private static readonly byte[] Bytes = [0, 1, 255, 44];

    [Fact]
    public async Task Metadata_goes_both_ways_text_and_bytes()
    {
        await using TestServer server = await TestServer.StartAsync(MirrorMetadata);
        var options = new CallOptions { Headers = new Metadata { { "X-Text", "plain, value" }, { "x-bytes-bin", Bytes } } };
        using UnaryCall<Blob> call = server.Connect().Unary<Blob, Blob>(Echo.Say, new Blob(), options);
        await call.ResponseAsync().InTime();

        Metadata headers = await call.ResponseHeadersAsync();
        foreach (Metadata metadata in new[] { headers, call.Trailers })
        {
            Assert.Equal("plain, value", metadata.GetText("x-text"));
            Assert.True(metadata.TryGetBytes("x-bytes-bin", out ReadOnlyMemory<byte> bytes));
            Assert.Equal(Bytes, bytes.ToArray());
        }
    }

    [Fact]
    public async Task Bytes_of_every_length_survive_the_unpadded_base64()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using TestServer server = await TestServer.StartAsync(MirrorMetadata);
        GrpcChannel channel = server.Connect();
        for (int length = 0; length < 20; length++)
        {
            byte[] sent = new byte[length];
            random.NextBytes(sent);
            using UnaryCall<Blob> call = channel.Unary<Blob, Blob>(
                Echo.Say, new Blob(), new CallOptions { Headers = new Metadata { { "x-bytes-bin", sent } } });
            await call.ResponseAsync().InTime();
            Assert.True(call.Trailers.TryGetBytes("x-bytes-bin", out ReadOnlyMemory<byte> received));
            Assert.Equal(sent, received.ToArray());
        }
    }

    [Theory]
    [InlineData("AAE=", "0001")]
    [InlineData("AAE", "0001")]
    [InlineData("AAE,AgM=", "0001 0203")]
    [InlineData("AAE=, AgM", "0001 0203")]
    [InlineData("", "")]
    public async Task Binary_values_are_read_padded_or_not_and_split_at_commas(string wire, string expected)
    {
        List<string> seen = await ReceiveAsync("x-bytes-bin", wire);
        Assert.Equal(expected, string.Join(' ', seen));
    }

    [Theory]
    [InlineData("!!!")]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("h\u00e9")]
    public async Task A_binary_value_that_does_not_decode_is_left_out_and_the_call_goes_on(string wire) =>
        Assert.Empty(await ReceiveAsync("x-bytes-bin", wire));

    [Fact]
    public async Task Binary_values_are_sent_without_padding()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (request, call) =>
        {
            call.AddResponseHeader("x-bytes-bin", new byte[] { 0, 1 });
            call.Trailers.Add("y-bytes-bin", new byte[] { 2, 3 });
            return Task.FromResult(request);
        }));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message);
        Assert.Equal("AAE", response.Headers["x-bytes-bin"].Single());
        Assert.Equal("AgM", response.Trailers["y-bytes-bin"].Single());
    }

    [Fact]
    public async Task Duplicates_are_kept_in_their_order()
    {
        await using TestServer server = await TestServer.StartAsync(MirrorMetadata);
        var options = new CallOptions
        {
            Headers = new Metadata { { "x-a-bin", new byte[] { 3 } }, { "x-a-bin", new byte[] { 1 } }, { "x-a-bin", new byte[] { 2 } } },
        };
        using UnaryCall<Blob> call = server.Connect().Unary<Blob, Blob>(Echo.Say, new Blob(), options);
        await call.ResponseAsync().InTime();
        Assert.Equal([3, 1, 2], call.Trailers.Where(entry => entry.Key == "x-a-bin").Select(entry => (int)entry.Bytes.Span[0]));
    }

    [Fact]
    public async Task Text_beyond_ASCII_fails_neither_the_call_nor_the_connection()
    {
        await using TestServer server = await TestServer.StartAsync(grpc =>
            grpc.AddUnary<Blob, Blob>(Echo.Say, (_, call) => Task.FromResult(new Blob { Text = call.RequestHeaders.GetText("x-text") })));
        RawHttp2 raw = server.ConnectRaw();
        RawResponse odd = await raw.PostAsync(Echo.SayPath, Message, ("x-text", "h\u00e9\u00ff"));
        RawResponse next = await raw.PostAsync(Echo.SayPath, Message, ("x-text", "fine"));
        Assert.Equal("h\u00e9\u00ff", Blob.Parser.ParseFrom(odd.Body.AsSpan(5).ToArray()).Text);
        Assert.Equal(StatusCode.Ok, next.Status);
    }

    [Fact]
    public async Task Headers_of_HTTP_and_gRPC_are_no_metadata()
    {
        List<string> keys = [];
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (request, call) =>
        {
            keys = [.. call.RequestHeaders.Select(entry => entry.Key)];
            return Task.FromResult(request);
        }));
        RawResponse response = await server.ConnectRaw().PostAsync(
            Echo.SayPath, Message,
            ("te", "trailers"), ("user-agent", "test/1"), ("grpc-timeout", "10S"), ("grpc-accept-encoding", "gzip"), ("x-mine", "1"));
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal(["x-mine"], keys);
    }

    [Theory]
    [InlineData("grpc-status", "0")]
    [InlineData("grpc-anything", "0")]
    [InlineData(":path", "/")]
    [InlineData("te", "trailers")]
    [InlineData("Content-Type", "text/plain")]
    [InlineData("user-agent", "me")]
    [InlineData("", "empty key")]
    [InlineData("with space", "x")]
    [InlineData("x-text", "line\nbreak")]
    [InlineData("x-text", "h\u00e9")]
    [InlineData("x-bytes-bin", "text in a binary key")]
    public void Metadata_that_the_wire_cannot_carry_is_refused_where_it_is_made(string key, string value) =>
        Assert.Throws<ArgumentException>(() => new Metadata().Add(key, value));

    [Fact]
    public void Bytes_need_a_key_that_says_so() =>
        Assert.Throws<ArgumentException>(() => new Metadata().Add("x-bytes", Bytes));

    /// <summary>Sends a header raw and returns what the handler found under its key, as hexadecimal.</summary>
    private static async Task<List<string>> ReceiveAsync(string key, string wire)
    {
        List<string> seen = [];
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (request, call) =>
        {
            IEnumerable<MetadataEntry> entries = call.RequestHeaders.Where(entry => entry.Key == key && !entry.Bytes.IsEmpty);
            seen = [.. entries.Select(entry => Convert.ToHexString(entry.Bytes.Span))];
            return Task.FromResult(request);
        }));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, (key, wire));
        Assert.Equal(StatusCode.Ok, response.Status);
        return seen;
    }

    /// <summary>Sends the request's metadata back, as headers and as trailers.</summary>
    private static void MirrorMetadata(GrpcServer server) => server.AddUnary<Blob, Blob>(Echo.Say, (request, call) =>
    {
        foreach (MetadataEntry entry in call.RequestHeaders)
        {
            if (entry.IsBinary)
            {
                call.AddResponseHeader(entry.Key, entry.Bytes);
                call.Trailers.Add(entry.Key, entry.Bytes);
            }
            else
            {
                call.AddResponseHeader(entry.Key, entry.Text);
                call.Trailers.Add(entry.Key, entry.Text);
            }
        }

        return Task.FromResult(request);
    });
}
