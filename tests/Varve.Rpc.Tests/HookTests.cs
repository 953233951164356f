using Varve.Rpc.Client;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>The hooks before and after every call.</summary>
public sealed class HookTests
{
    [Fact]
    public async Task Authentication_comes_before_the_handler_and_names_the_user()
    {
        await using TestServer server = await TestServer.StartAsync(
            grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (_, call) => Task.FromResult(new Blob { Text = $"hello {call.User}" })),
            options => options with { Authenticate = AuthenticateAsync });
        GrpcChannel channel = server.Connect(new GrpcChannelOptions { BearerToken = "secret" });
        Blob response = await channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime();
        Assert.Equal("hello alice", response.Text);
    }

    [Fact]
    public async Task Without_the_right_token_the_handler_never_runs_and_no_message_is_read()
    {
        bool handled = false;
        await using TestServer server = await TestServer.StartAsync(
            grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (request, _) =>
            {
                handled = true;
                return Task.FromResult(request);
            }),
            options => options with { Authenticate = AuthenticateAsync });
        var error = await Assert.ThrowsAsync<RpcException>(() => server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        Assert.Equal(StatusCode.Unauthenticated, error.Code);
        Assert.False(handled);
        Assert.Equal(0, (await server.NextReportAsync()).RequestMessages);
    }

    [Fact]
    public async Task A_method_open_to_all_is_not_authenticated()
    {
        await using TestServer server = await TestServer.StartAsync(
            grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (request, _) => Task.FromResult(request), new ServerMethodOptions { AllowAnonymous = true }),
            options => options with { Authenticate = AuthenticateAsync });
        await server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime();
    }

    [Fact]
    public async Task Headers_of_the_channel_and_of_the_call_are_both_sent()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (_, call) =>
            Task.FromResult(new Blob { Text = string.Join(' ', call.RequestHeaders.Select(entry => $"{entry.Key}={entry.Text}").Order()) })));
        GrpcChannel channel = server.Connect(new GrpcChannelOptions { BearerToken = "t", Headers = new Metadata { { "x-channel", "1" } } });
        var options = new CallOptions { Headers = new Metadata { { "x-call", "2" } } };
        Blob response = await channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob(), options).InTime();
        Assert.Equal("authorization=Bearer t x-call=2 x-channel=1", response.Text);
    }

    [Fact]
    public async Task The_report_of_a_call_counts_what_went_both_ways()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddBidi(Echo.Chat, async call =>
        {
            while (await call.ReadAsync<Blob>() is { } blob)
            {
                call.Write(blob);
                await call.WritePartsAsync(Echo.BlobPrefix(100_000), [new byte[100_000]]);
            }
        }));
        using DuplexCall<Blob, Blob> call = server.Connect().Duplex<Blob, Blob>(Echo.Chat);
        await call.RequestStream.WriteAsync(new Blob { Number = 1 }).InTime();
        await call.RequestStream.WriteAsync(new Blob { Number = 2 }).InTime();
        await call.RequestStream.CompleteAsync().InTime();
        while (await call.ResponseStream.ReadAsync().InTime() is not null)
        {
        }

        CallReport report = await server.NextReportAsync();
        Assert.Equal("/varve.rpc.tests.Echo/Chat", report.Call.Method!.Path);
        Assert.Equal(MethodKind.Bidirectional, report.Call.Method.Kind);
        Assert.Equal((StatusCode.Ok, "", null), (report.Code, report.Message, report.Exception));
        Assert.Equal((2, 14), (report.RequestMessages, report.RequestBytes));
        Assert.Equal((4, 2 * (7 + 5 + Echo.BlobPrefix(100_000).Length + 100_000)), (report.ResponseMessages, report.ResponseBytes));
        Assert.InRange(report.Duration, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_call_that_failed_is_reported_with_its_exception()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddUnary<Blob, Blob>(Echo.Say, (_, _) =>
            throw new RpcException(StatusCode.Aborted, "conflict")));
        await Assert.ThrowsAsync<RpcException>(() => server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        CallReport report = await server.NextReportAsync();
        Assert.Equal((StatusCode.Aborted, "conflict"), (report.Code, report.Message));
        Assert.IsType<RpcException>(report.Exception);
    }

    [Fact]
    public async Task Methods_cannot_be_added_to_a_server_that_serves()
    {
        GrpcServer? added = null;
        await using TestServer server = await TestServer.StartAsync(grpc =>
        {
            added = grpc;
            grpc.AddUnary<Blob, Blob>(Echo.Say, (request, _) => Task.FromResult(request));
        });
        await server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime();
        Assert.Throws<InvalidOperationException>(() => added!.Add("/late.Service/Call", _ => Task.CompletedTask));
    }

    private static ValueTask AuthenticateAsync(ServerCall call)
    {
        if (call.RequestHeaders.GetText("authorization") != "Bearer secret")
            throw new RpcException(StatusCode.Unauthenticated, "a bearer token is needed");
        call.User = "alice";
        return ValueTask.CompletedTask;
    }
}
