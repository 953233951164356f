using System.Diagnostics;
using Varve.Rpc.Client;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>The server's graceful stop. Its host would wait 30 seconds for calls that do not end.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Streams_end_with_UNAVAILABLE_and_the_stop_does_not_wait_for_them()
    {
        await using TestServer server = await TestServer.StartAsync(grpc =>
        {
            grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
            {
                await call.WriteAsync(new Blob { Number = 1 });
                await Task.Delay(Timeout.Infinite, call.Cancelled);
            });
            grpc.AddBidi(Echo.Chat, async call =>
            {
                while (await call.ReadAsync<Blob>() is { } blob)
                    await call.WriteAsync(blob);
            });
        });
        GrpcChannel channel = server.Connect();
        using ServerStreamingCall<Blob> waiting = channel.ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        using DuplexCall<Blob, Blob> reading = channel.Duplex<Blob, Blob>(Echo.Chat);
        await waiting.ResponseStream.ReadAsync().InTime();
        await reading.RequestStream.WriteAsync(new Blob()).InTime();
        await reading.ResponseStream.ReadAsync().InTime();

        var stopping = Stopwatch.StartNew();
        Task stop = server.StopAsync();
        foreach (ResponseStream<Blob> stream in new[] { waiting.ResponseStream, reading.ResponseStream })
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await stream.ReadAsync().InTime());
            Assert.Equal(StatusCode.Unavailable, error.Code);
            Assert.Equal("the server is stopping", error.Message);
        }

        await stop.InTime();
        Assert.InRange(stopping.Elapsed, TimeSpan.Zero, Prompt);
    }

    [Fact]
    public async Task A_stream_whose_handler_stops_in_peace_is_UNAVAILABLE_too()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
        {
            await call.WriteAsync(new Blob { Number = 1 });
            await call.Cancelled.Fired();
        }));
        using ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        await call.ResponseStream.ReadAsync().InTime();
        Task stop = server.StopAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync().InTime());
        Assert.Equal(StatusCode.Unavailable, error.Code);
        await stop.InTime();
    }

    [Fact]
    public async Task A_unary_call_under_way_is_finished()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, async (request, _) =>
        {
            started.SetResult();
            await release.Task;
            return request;
        }));
        Task<Blob> call = server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob { Number = 9 });
        await started.Task.InTime();
        Task stop = server.StopAsync();
        release.SetResult();
        Assert.Equal(9, (await call.InTime()).Number);
        await stop.InTime();
    }

    [Fact]
    public async Task New_calls_are_refused_once_the_server_is_stopping()
    {
        using var stopping = new CancellationTokenSource();
        await using TestServer server = await TestServer.StartEchoAsync(options => options with { Stopping = stopping.Token });
        GrpcChannel channel = server.Connect();
        await channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime();
        await stopping.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        Assert.Equal(StatusCode.Unavailable, error.Code);
    }

    [Fact]
    public async Task A_message_half_written_when_the_server_stops_is_finished_within_the_grace()
    {
        const int BodyBytes = 20_000_000;
        using var stopping = new CancellationTokenSource();
        await using TestServer server = await TestServer.StartAsync(
            grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
            {
                while (true)
                    await call.WritePartsAsync(Echo.BlobPrefix(BodyBytes), [new byte[BodyBytes]]);
            }),
            options => options with { Stopping = stopping.Token, StopGrace = TimeSpan.FromMinutes(1) });
        RawHttp2 raw = server.ConnectRaw();
        using HttpResponseMessage response = await raw.SendAsync(raw.CreatePost(Echo.CountPath, new ByteArrayContent(RawHttp2.Frame([]))));
        await stopping.CancelAsync();
        RawResponse read = await RawHttp2.ReadAsync(response);
        Assert.Equal(0, read.Body.Length % (5 + Echo.BlobPrefix(BodyBytes).Length + BodyBytes));
        Assert.Equal(StatusCode.Unavailable, read.Status);
    }

    [Fact]
    public async Task A_message_that_nobody_takes_is_given_up_after_the_grace()
    {
        using var stopping = new CancellationTokenSource();
        await using TestServer server = await TestServer.StartAsync(
            grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
                await call.WritePartsAsync(Echo.BlobPrefix(20_000_000), [new byte[20_000_000]])),
            options => options with { Stopping = stopping.Token, StopGrace = TimeSpan.FromMilliseconds(100) });
        RawHttp2 raw = server.ConnectRaw();
        using HttpResponseMessage response = await raw.SendAsync(raw.CreatePost(Echo.CountPath, new ByteArrayContent(RawHttp2.Frame([]))));
        await stopping.CancelAsync();
        Assert.Equal(StatusCode.Unavailable, (await server.NextReportAsync()).Code);
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync().InTime());
    }
}
