using System.Net.Sockets;
using Varve.Rpc.Client;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>Calls that either side ends early.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task A_client_that_cancels_ends_the_handler()
    {
        await using TestServer server = await TestServer.StartAsync(WaitForEver);
        using var cancel = new CancellationTokenSource();
        using ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(
            Echo.Count, new Blob(), new CallOptions { Cancellation = cancel.Token });
        Assert.NotNull(await call.ResponseStream.ReadAsync().InTime());
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync().InTime());
        Assert.Equal(StatusCode.Cancelled, error.Code);
        Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_call_that_is_disposed_before_its_end_ends_the_handler()
    {
        await using TestServer server = await TestServer.StartAsync(WaitForEver);
        ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        Assert.NotNull(await call.ResponseStream.ReadAsync().InTime());
        call.Dispose();
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_call_disposed_during_a_read_ends_the_read()
    {
        await using TestServer server = await TestServer.StartAsync(WaitForEver);
        ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        Assert.NotNull(await call.ResponseStream.ReadAsync().InTime());
        ValueTask<Blob?> read = call.ResponseStream.ReadAsync();
        call.Dispose();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await read.InTime());
        Assert.Equal(StatusCode.Cancelled, error.Code);
    }

    [Fact]
    public async Task A_channel_that_is_disposed_ends_its_calls()
    {
        await using TestServer server = await TestServer.StartAsync(WaitForEver);
        GrpcChannel channel = server.Connect();
        ServerStreamingCall<Blob> first = channel.ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        ServerStreamingCall<Blob> second = channel.ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        await first.ResponseStream.ReadAsync().InTime();
        await second.ResponseStream.ReadAsync().InTime();
        channel.Dispose();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await first.ResponseStream.ReadAsync().InTime());
        Assert.Equal(StatusCode.Cancelled, error.Code);
        Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
        Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_client_that_dies_ends_its_handlers()
    {
        await using TestServer server = await TestServer.StartAsync(WaitForEver);
        using RawHttp2 raw = server.ConnectRaw();
        using HttpResponseMessage first = await raw.SendAsync(raw.CreatePost(Echo.CountPath, new ByteArrayContent(RawHttp2.Frame([]))));
        using HttpResponseMessage second = await raw.SendAsync(raw.CreatePost(Echo.CountPath, new ByteArrayContent(RawHttp2.Frame([]))));
        raw.Die();
        Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
        Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_handler_that_only_reads_ends_when_its_client_is_gone()
    {
        var started = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, async call =>
        {
            await call.ReadAsync<Blob>();
            started.SetResult();
            await call.ReadAsync<Blob>();
        }));
        DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        await call.RequestStream.WriteAsync(new Blob()).InTime();
        await started.Task.InTime();
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_call_that_its_client_drops_never_looks_complete_to_the_handler()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddClientStreaming<Blob>(Echo.Collect, async call =>
        {
            long sum = 0;
            while (await call.ReadAsync<Blob>() is { } blob)
                sum += blob.Number;
            return new Blob { Number = sum };
        }));
        GrpcChannel channel = server.Connect();
        await Parallel.ForAsync(0, 500, async (_, _) =>
        {
            using ClientStreamingCall<Blob, Blob> call = channel.ClientStreaming<Blob, Blob>(Echo.Collect);
            await call.RequestStream.WriteAsync(new Blob { Number = 1 }).InTime();
        });
        for (int i = 0; i < 500; i++)
            Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_handler_that_only_writes_ends_when_its_client_is_gone()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
        {
            while (true)
                await call.WritePartsAsync(Echo.BlobPrefix(100_000), [new byte[100_000]]);
        }));
        ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        Assert.NotNull(await call.ResponseStream.ReadAsync().InTime());
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_server_that_ends_early_tells_its_status_though_the_client_still_writes()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddClientStreaming<Blob>(Echo.Collect, async call =>
        {
            await call.ReadAsync<Blob>();
            throw new RpcException(StatusCode.ResourceExhausted, "the memory limit is reached");
        }));
        using ClientStreamingCall<Blob, Blob> call = server.Connect().ClientStreaming<Blob, Blob>(Echo.Collect);
        var writing = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
                await call.RequestStream.WriteAsync(Echo.Blob(100_000)).InTime();
        });
        Assert.Contains(writing.Code, new[] { StatusCode.Unavailable, StatusCode.ResourceExhausted });
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync().InTime());
        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        Assert.Equal("the memory limit is reached", error.Message);
        error = await Assert.ThrowsAsync<RpcException>(async () => await call.RequestStream.WriteAsync(new Blob()).InTime());
        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
    }

    [Fact]
    public async Task Answers_sent_before_an_early_end_can_be_read_after_a_write_failed()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, async call =>
        {
            for (int i = 0; i < 3; i++)
                await call.WriteAsync((await call.ReadAsync<Blob>())!);
            throw new RpcException(StatusCode.InvalidArgument, "the fourth is bad");
        }));
        using DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (int i = 0; ; i++)
                await call.RequestStream.WriteAsync(new Blob { Number = i, Body = Echo.Blob(50_000).Body }).InTime();
        });
        for (int i = 0; i < 3; i++)
            Assert.Equal(i, (await call.ResponseStream.ReadAsync().InTime())!.Number);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync().InTime());
        Assert.Equal("the fourth is bad", error.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_UNAVAILABLE()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{port}"));
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        Assert.Equal(StatusCode.Unavailable, error.Code);
        Assert.Contains($"{port}", error.Message, StringComparison.Ordinal);
        using DuplexCall<Blob, Blob> call = channel.Duplex<Blob, Blob>(Echo.Chat);
        error = await Assert.ThrowsAsync<RpcException>(async () => await call.RequestStream.WriteAsync(new Blob()).InTime());
        Assert.Equal(StatusCode.Unavailable, error.Code);
    }

    [Fact]
    public async Task A_channel_connects_again_after_its_connection_is_gone()
    {
        await using TestServer first = await TestServer.StartEchoAsync();
        using var channel = new GrpcChannel(first.Address);
        await channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime();
        await first.StopAsync().InTime();
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        Assert.Equal(StatusCode.Unavailable, error.Code);
        await first.DisposeAsync();
        await using TestServer second = await TestServer.StartEchoAsync(port: first.Address.Port);
        await channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime();
    }

    private static void WaitForEver(GrpcServer server) => server.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
    {
        await call.WriteAsync(new Blob { Number = 1 });
        await Task.Delay(Timeout.Infinite, call.Cancelled);
    });
}
