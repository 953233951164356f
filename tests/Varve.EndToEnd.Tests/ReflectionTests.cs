using Varve.EndToEnd.Tests.Clients;

namespace Varve.EndToEnd.Tests;

/// <summary>Reflection and a call by JSON through buf, which is written in Go.</summary>
[Collection(RealClients.Name)]
public class ReflectionTests(Daemon daemon, NodeClients node)
{
    private static readonly string[] Grpc = ["curl", "--protocol", "grpc", "--http2-prior-knowledge"];

    [Fact]
    public async Task Services_are_listed()
    {
        string services = await node.RunBufAsync(
            [.. Grpc, "--list-services", $"http://127.0.0.1:{daemon.Port}"]);

        string[] lines = services.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Contains("varve.v1.Streams", lines);
        Assert.Contains("varve.v1.Admin", lines);
        Assert.Contains("arrow.flight.protocol.FlightService", lines);
        Assert.Contains("grpc.health.v1.Health", lines);
    }

    [Fact]
    public async Task A_method_is_called_by_json()
    {
        string answer = await node.RunBufAsync(
            [.. Grpc, "-d", """{"name": "trips"}""", $"http://127.0.0.1:{daemon.Port}/varve.v1.Streams/DescribeStream"]);

        Assert.Contains("\"rowCount\": \"3\"", answer, StringComparison.Ordinal);
    }
}
