using Google.Protobuf.Reflection;
using Varve.Rpc.Client;
using Varve.Rpc.Health;
using Varve.Rpc.Health.V1;
using Varve.Rpc.Tests.Hosting;
using static Varve.Rpc.Health.V1.HealthCheckResponse.Types;

namespace Varve.Rpc.Tests;

/// <summary>grpc.health.v1.</summary>
public sealed class HealthTests
{
    private static readonly ServiceDescriptor Service = HealthReflection.Descriptor.Services[0];

    [Fact]
    public async Task Check_tells_the_state_of_the_server_and_of_each_service()
    {
        var health = new HealthService();
        await using TestServer server = await TestServer.StartAsync(health.AddTo);
        GrpcChannel channel = server.Connect();
        Assert.Equal(ServingStatus.Serving, await CheckAsync(channel, ""));
        health.Set("varve.v1.Streams", ServiceHealth.NotServing);
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(channel, "varve.v1.Streams"));
        health.SetAll(ServiceHealth.NotServing);
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(channel, ""));
        health.SetAll(ServiceHealth.Serving);
        Assert.Equal(ServingStatus.Serving, await CheckAsync(channel, "varve.v1.Streams"));
    }

    [Fact]
    public async Task Check_of_a_service_without_a_state_is_NOT_FOUND()
    {
        await using TestServer server = await TestServer.StartAsync(new HealthService().AddTo);
        var error = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(server.Connect(), "nobody.Knows"));
        Assert.Equal(StatusCode.NotFound, error.Code);
        Assert.Contains("nobody.Knows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_tells_every_change_of_its_service_and_nothing_else()
    {
        var health = new HealthService();
        await using TestServer server = await TestServer.StartAsync(health.AddTo);
        using ServerStreamingCall<HealthCheckResponse> watch = server.Connect().ServerStreaming<HealthCheckRequest, HealthCheckResponse>(
            Service.FindMethodByName("Watch"), new HealthCheckRequest { Service = "a" });
        Assert.Equal(ServingStatus.ServiceUnknown, (await watch.ResponseStream.ReadAsync().InTime())!.Status);
        health.Set("b", ServiceHealth.Serving);
        health.Set("a", ServiceHealth.Serving);
        Assert.Equal(ServingStatus.Serving, (await watch.ResponseStream.ReadAsync().InTime())!.Status);
        health.Set("a", ServiceHealth.Serving);
        health.Set("a", ServiceHealth.NotServing);
        Assert.Equal(ServingStatus.NotServing, (await watch.ResponseStream.ReadAsync().InTime())!.Status);
    }

    [Fact]
    public async Task Health_needs_no_authentication()
    {
        await using TestServer server = await TestServer.StartAsync(
            new HealthService().AddTo,
            options => options with { Authenticate = _ => throw new RpcException(StatusCode.Unauthenticated, "no token") });
        Assert.Equal(ServingStatus.Serving, await CheckAsync(server.Connect(), ""));
    }

    private static async Task<ServingStatus> CheckAsync(GrpcChannel channel, string service) =>
        (await channel.CallUnaryAsync<HealthCheckRequest, HealthCheckResponse>(
            Service.FindMethodByName("Check"), new HealthCheckRequest { Service = service }).InTime()).Status;
}
