using System.Diagnostics;
using Varve.Rpc.Client;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>Calls that take longer than their client waits.</summary>
public sealed class DeadlineTests
{
    private static readonly byte[] Message = RawHttp2.Frame([]);
    private static readonly CallOptions Short = new() { Timeout = TimeSpan.FromMilliseconds(200) };

    [Fact]
    public async Task The_handler_is_cancelled_and_the_client_told_in_trailers()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
        {
            await call.WriteAsync(new Blob { Number = 1 });
            await Task.Delay(Timeout.Infinite, call.Cancelled);
        }));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.CountPath, Message, ("grpc-timeout", "100m"));
        Assert.Equal(StatusCode.DeadlineExceeded, response.Status);
        Assert.Equal(7, response.Body.Length);
        Assert.Equal(StatusCode.DeadlineExceeded, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_handler_that_stops_in_peace_at_the_deadline_is_not_OK()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
            await call.Cancelled.Fired()));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.CountPath, Message, ("grpc-timeout", "50m"));
        Assert.Equal(StatusCode.DeadlineExceeded, response.Status);
    }

    [Fact]
    public async Task An_error_that_the_handler_chose_goes_before_the_deadline()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, async (_, call) =>
        {
            await call.Cancelled.Fired();
            throw new RpcException(StatusCode.Aborted, "rolled back");
        }));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, ("grpc-timeout", "50m"));
        Assert.Equal(StatusCode.Aborted, response.Status);
    }

    [Fact]
    public async Task A_read_under_way_ends_at_the_deadline()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, async call => await call.ReadAsync<Blob>()));
        RawHttp2 raw = server.ConnectRaw();
        using var open = new OpenEndedContent([0, 0, 0]);
        using HttpResponseMessage response = await raw.SendAsync(raw.CreatePost(Echo.ChatPath, open, ("grpc-timeout", "100m")));
        RawResponse read = await RawHttp2.ReadAsync(response);
        Assert.True(read.IsTrailersOnly);
        Assert.Equal(StatusCode.DeadlineExceeded, read.Status);
        Assert.Equal(StatusCode.DeadlineExceeded, (await server.NextReportAsync()).Code);
    }

    [Fact]
    public async Task A_write_that_waits_for_a_slow_client_ends_at_the_deadline_with_a_status()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
        {
            while (true)
                await call.WriteAsync(Echo.Blob(1000));
        }));
        RawHttp2 raw = server.ConnectRaw();
        HttpRequestMessage request = raw.CreatePost(Echo.CountPath, new ByteArrayContent(Message), ("grpc-timeout", "200m"));
        using HttpResponseMessage response = await raw.SendAsync(request);
        Assert.Equal(StatusCode.DeadlineExceeded, (await server.NextReportAsync()).Code);

        // Read only now: what was written whole arrives whole, and the status behind it.
        RawResponse read = await RawHttp2.ReadAsync(response);
        Assert.Equal(0, read.Body.Length % (Echo.Blob(1000).CalculateSize() + 5));
        Assert.Equal(StatusCode.DeadlineExceeded, read.Status);
    }

    [Fact]
    public async Task The_client_does_not_wait_for_a_server_that_forgets_the_deadline()
    {
        var release = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, async (request, _) =>
        {
            await release.Task;
            return request;
        }));
        var waited = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<RpcException>(() => server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob(), Short).InTime());
        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
        Assert.InRange(waited.Elapsed, TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(10));
        release.SetResult();
    }

    [Fact]
    public async Task A_message_half_written_at_the_deadline_is_reset_and_the_client_still_says_deadline()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, async (_, call) =>
            await call.WritePartsAsync(Echo.BlobPrefix(100_000_000), [new byte[100_000_000]])));

        // Nobody reads the body, so the server stands in the middle of the message when the deadline passes: long enough to have begun it on a busy machine.
        RawHttp2 raw = server.ConnectRaw();
        HttpRequestMessage request = raw.CreatePost(Echo.CountPath, new ByteArrayContent(Message), ("grpc-timeout", "3S"));
        using HttpResponseMessage response = await raw.SendAsync(request);
        CallReport report = await server.NextReportAsync();
        Assert.Equal(StatusCode.DeadlineExceeded, report.Code);
        var reset = await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync().InTime());
        Assert.Equal(8, Assert.IsType<HttpProtocolException>(reset.InnerException).ErrorCode);

        using ServerStreamingCall<Blob> call = server.Connect(new GrpcChannelOptions { MaxReceiveMessageBytes = int.MaxValue })
            .ServerStreaming<Blob, Blob>(Echo.Count, new Blob(), Short);
        Assert.Equal(StatusCode.DeadlineExceeded, (await server.NextReportAsync()).Code);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync().InTime());
        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
    }

    [Fact]
    public async Task A_deadline_beyond_the_reach_of_timers_is_as_good_as_none()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        var options = new CallOptions { Timeout = TimeSpan.FromDays(100_000) };
        Blob response = await server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob { Number = 3 }, options).InTime();
        Assert.Equal(3, response.Number);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_fails_at_once()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob(), new CallOptions { Timeout = TimeSpan.Zero }).InTime());
        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
    }
}
