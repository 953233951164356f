using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Rpc.Health.V1;
using Status = Varve.Rpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Varve.Server.Tests.Hosting;

/// <summary>A node whose log no longer takes entries, as after a failed sync: it says so everywhere, and serves what it has.</summary>
public sealed class StoppedNodeTests
{
    [Fact]
    public async Task A_node_that_stopped_accepting_says_so_and_goes_on_reading()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        StreamDescription stream = await server.CreateAsync("a int64");
        await server.AppendJsonAsync(stream.Name, """{"a":1}""");
        using ServerStreamingCall<HealthCheckResponse> watch = server.Channel.ServerStreaming<HealthCheckRequest, HealthCheckResponse>(
            HealthReflection.Descriptor.Services[0].FindMethodByName("Watch"), new HealthCheckRequest());
        Assert.Equal(Status.Serving, (await watch.ResponseStream.ReadAsync())!.Status);

        await server.Server.Engine.DisposeAsync();

        var e = await Assert.ThrowsAsync<RpcException>(() => server.AppendJsonAsync(stream.Name, """{"a":2}"""));
        Assert.Equal((StatusCode.Unavailable, ErrorCode.NodeStopped), (e.Code, RunningServer.DetailOf(e).Code));
        Assert.Equal("{\"a\":1}\n", await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name }));
        (int status, string reason) = await server.HttpAsync("/health/ready");
        Assert.Equal(503, status);
        Assert.Contains("stopped accepting appends", reason, StringComparison.Ordinal);
        Assert.Contains(server.DirectoryPath, reason, StringComparison.Ordinal);
        Assert.Equal("alive\n", await server.HttpGetAsync("/health/live"));
        Assert.Equal(Status.NotServing, (await watch.ResponseStream.ReadAsync())!.Status);
        GetStatusResponse node = await server.Channel.CallUnaryAsync<GetStatusRequest, GetStatusResponse>(
            AdminReflection.Descriptor.Services[0].FindMethodByName("GetStatus"), new GetStatusRequest());
        Assert.False(node.Accepting);
        Assert.NotEqual("", node.StopReason);
        Assert.Contains(server.Log.Entries, entry => entry.Message.StartsWith("not ready", StringComparison.Ordinal));
    }
}
