using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;

namespace Varve.Server.Tests.Hosting;

public sealed class StopTests
{
    [Fact]
    public async Task A_stop_ends_streaming_calls_as_unavailable_and_answers_what_was_taken()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        StreamDescription stream = await server.CreateAsync("a int64");
        using ServerStreamingCall<ReadResponse> follower = server.OpenRead(new ReadRequest { Stream = stream.Name, Follow = true });
        await follower.ResponseStream.ReadAsync();
        using DuplexCall<AppendRequest, AppendResponse> appender = server.OpenAppend();
        for (int i = 0; i < 100; i++)
            appender.RequestStream.Write(RunningServer.Json(stream.Name, $"{{\"a\":{i}}}"));
        await appender.RequestStream.FlushAsync();
        await appender.ResponseStream.ReadAsync();

        long started = Stopwatch.GetTimestamp();
        Task stop = server.Server.StopAsync();
        var followed = await Assert.ThrowsAsync<RpcException>(async () => { while (await follower.ResponseStream.ReadAsync() is not null) { } });
        long acknowledged = 1;
        var appended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await appender.ResponseStream.ReadAsync() is { } response)
                acknowledged = response.FirstOffset + 1;
        });
        appender.Dispose();
        await stop;
        Assert.Equal((StatusCode.Unavailable, StatusCode.Unavailable), (followed.Code, appended.Code));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(8), "the stop waits for no timeout");

        // What the daemon took before it stopped is exactly what it acknowledged.
        using var log = new LogCapture();
        await using VarveServer again = await VarveServer.StartAsync(RunningServer.Options(server.DirectoryPath), log.Factory);
        Assert.Equal(acknowledged, again.Engine.Describe(stream.Name).EndOffset);
    }

    [Fact]
    public async Task A_client_that_keeps_its_connection_open_is_cut_off_when_the_time_is_up()
    {
        await using RunningServer server = await RunningServer.StartAsync(o => o.Shutdown.DrainTimeout = TimeSpan.FromMilliseconds(500));
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Server.GrpcEndpoint);

        // HTTP/2's greeting, an empty SETTINGS frame, and never another byte.
        await socket.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
        await socket.GetStream().ReadExactlyAsync(new byte[9]);
        long started = Stopwatch.GetTimestamp();
        await server.Server.StopAsync();
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(8), "the stop waits no longer than it should");
    }

    [Fact]
    public async Task Every_acknowledged_row_is_there_after_a_restart()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        StreamDescription stream = await server.CreateAsync("a int64");
        for (int i = 0; i < 10; i++)
            await server.AppendJsonAsync(stream.Name, $"{{\"a\":{i}}}");
        await server.Server.StopAsync();
        await server.InitializeAsync();
        string rows = await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name });
        Assert.Equal(string.Concat(Enumerable.Range(0, 10).Select(i => $"{{\"a\":{i}}}\n")), rows);
    }

    [Fact]
    public async Task A_start_and_a_stop_give_no_cause_for_concern()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.HttpGetAsync("/health/ready");
        await server.Server.StopAsync();
        Assert.DoesNotContain(server.Log.Entries, e => e.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_stop_may_be_asked_for_twice()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await Task.WhenAll(server.Server.StopAsync(), server.Server.StopAsync());
        await server.Server.StopAsync();
    }
}
