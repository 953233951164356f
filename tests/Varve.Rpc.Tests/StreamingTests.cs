using Google.Protobuf;
using Varve.Rpc.Client;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>The four kinds of call, our client against our server.</summary>
public sealed class StreamingTests
{
    [Fact]
    public async Task A_unary_call_brings_its_response()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        Blob response = await server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob { Number = 7, Text = "hé" }).InTime();
        Assert.Equal((7, "hé"), (response.Number, response.Text));
    }

    [Fact]
    public async Task A_server_stream_arrives_in_order_and_whole()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (request, call) =>
        {
            for (int i = 0; i < request.Number; i++)
                await call.WriteAsync(new Blob { Number = i, Body = ByteString.CopyFrom(new byte[i * 1000]) });
        }));
        using ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob { Number = 100 });
        int next = 0;
        await foreach (Blob blob in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(next, blob.Number);
            Assert.Equal(next * 1000, blob.Body.Length);
            next++;
        }

        Assert.Equal(100, next);
    }

    [Fact]
    public async Task A_client_stream_is_read_to_its_end_and_answered_once()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddClientStreaming<Blob>(Echo.Collect, CollectAsync));
        using ClientStreamingCall<Blob, Blob> call = server.Connect().ClientStreaming<Blob, Blob>(Echo.Collect);
        for (int i = 0; i < 100; i++)
            call.RequestStream.Write(new Blob { Number = i });
        await call.RequestStream.CompleteAsync().InTime();
        Assert.Equal(4950, (await call.ResponseAsync().InTime()).Number);
    }

    [Fact]
    public async Task An_empty_client_stream_is_a_stream_too()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddClientStreaming<Blob>(Echo.Collect, CollectAsync));
        using ClientStreamingCall<Blob, Blob> call = server.Connect().ClientStreaming<Blob, Blob>(Echo.Collect);
        await call.RequestStream.CompleteAsync().InTime();
        Assert.Equal(0, (await call.ResponseAsync().InTime()).Number);
    }

    [Fact]
    public async Task A_conversation_goes_in_lock_step()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, EchoAllAsync));
        using DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        for (int i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new Blob { Number = i }).InTime();
            Assert.Equal(i, (await call.ResponseStream.ReadAsync().InTime())!.Number);
        }

        await call.RequestStream.CompleteAsync().InTime();
        Assert.Null(await call.ResponseStream.ReadAsync().InTime());
    }

    [Fact]
    public async Task A_conversation_may_read_and_write_at_the_same_time()
    {
        const int Messages = 2000;
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, EchoAllAsync));
        using DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Messages; i++)
                await call.RequestStream.WriteAsync(new Blob { Number = i, Body = ByteString.CopyFrom(new byte[1000]) });
            await call.RequestStream.CompleteAsync();
        });
        int next = 0;
        while (await call.ResponseStream.ReadAsync().InTime() is { } blob)
            Assert.Equal(next++, blob.Number);
        await writing.InTime();
        Assert.Equal(Messages, next);
    }

    [Fact]
    public async Task A_server_may_speak_first()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, async call =>
        {
            await call.WriteAsync(new Blob { Text = "welcome" });
            await EchoAllAsync(call);
        }));
        using DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        Assert.Equal("welcome", (await call.ResponseStream.ReadAsync().InTime())!.Text);
    }

    [Fact]
    public async Task A_client_may_wait_for_the_headers_before_it_sends_anything()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, async call =>
        {
            call.AddResponseHeader("x-session", "42");
            await call.SendHeadersAsync();
            await EchoAllAsync(call);
        }));
        using DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        Metadata headers = await call.ResponseHeadersAsync().InTime();
        Assert.Equal("42", headers.GetText("x-session"));
        await call.RequestStream.WriteAsync(new Blob { Number = 1 }).InTime();
        Assert.Equal(1, (await call.ResponseStream.ReadAsync().InTime())!.Number);
    }

    [Fact]
    public async Task Many_calls_share_one_connection()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        GrpcChannel channel = server.Connect();
        Blob[] responses = await Task.WhenAll(
            Enumerable.Range(0, 500).Select(i => channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob { Number = i }))).InTime();
        Assert.Equal(Enumerable.Range(0, 500).Select(i => (long)i), responses.Select(response => response.Number));
    }

    [Fact]
    public async Task Forty_megabytes_in_one_client_stream_pass_the_body_limit_of_HTTP()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddClientStreaming<Blob>(Echo.Collect, async call =>
        {
            long bytes = 0;
            while ((await call.ReadAsync(static message => message.Length)).TryGet(out int length))
                bytes += length;
            return new Blob { Number = bytes };
        }));
        using ClientStreamingCall<Blob, Blob> call = server.Connect().ClientStreaming<Blob, Blob>(Echo.Collect);
        Blob megabyte = Echo.Blob(1024 * 1024);
        for (int i = 0; i < 40; i++)
            await call.RequestStream.WriteAsync(megabyte).InTime();
        await call.RequestStream.CompleteAsync().InTime();
        Assert.Equal(40L * megabyte.CalculateSize(), (await call.ResponseAsync().InTime()).Number);
    }

    private static async Task<Blob> CollectAsync(ServerCall call)
    {
        long sum = 0;
        while (await call.ReadAsync<Blob>() is { } blob)
            sum += blob.Number;
        return new Blob { Number = sum };
    }

    private static async Task EchoAllAsync(ServerCall call)
    {
        while (await call.ReadAsync<Blob>() is { } blob)
            await call.WriteAsync(blob);
    }
}
