using System.Text.Json;
using Varve.Protocol.V1;
using Varve.Rpc.Health.V1;
using Varve.Server.Tests.Metrics;

namespace Varve.Server.Tests.Hosting;

public sealed class HttpPagesTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task A_node_that_serves_is_alive_and_ready()
    {
        Assert.Equal("alive\n", await server.HttpGetAsync("/health/live"));
        Assert.Equal("ready\n", await server.HttpGetAsync("/health/ready"));
        HealthCheckResponse health = await server.Channel.CallUnaryAsync<HealthCheckRequest, HealthCheckResponse>(
            HealthReflection.Descriptor.Services[0].FindMethodByName("Check"), new HealthCheckRequest { Service = "varve.v1.Streams" });
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task The_root_says_what_this_is()
    {
        using var json = JsonDocument.Parse(await server.HttpGetAsync("/"));
        Assert.Equal("varve", json.RootElement.GetProperty("name").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", json.RootElement.GetProperty("version").GetString());
    }

    [Fact]
    public async Task Other_pages_and_methods_are_refused()
    {
        Assert.Equal(404, (await server.HttpAsync("/nothing")).Status);
        using var client = new HttpClient();
        using HttpResponseMessage posted = await client.PostAsync(new Uri($"http://{server.Server.HttpEndpoint}/metrics"), new StringContent("x"));
        Assert.Equal(405, (int)posted.StatusCode);
        using var head = new HttpRequestMessage(HttpMethod.Head, new Uri($"http://{server.Server.HttpEndpoint}/health/ready"));
        using HttpResponseMessage headed = await client.SendAsync(head);
        Assert.Equal((200, ""), ((int)headed.StatusCode, await headed.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task The_metrics_show_what_was_done()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        await server.AppendJsonAsync(stream.Name, "{\"a\":1}{\"a\":2}");
        await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name });
        PrometheusScrape scrape = PrometheusScrape.Parse(await server.HttpGetAsync("/metrics"));
        Assert.True(scrape["varve_server_append_rows_total", ""] >= 2);
        Assert.True(scrape["varve_server_read_rows_total", ""] >= 2);
        Assert.True(scrape["varve_storage_rows_total", ""] >= 2);
        Assert.True(scrape["varve_rpc_call_duration_seconds_count", "method=/varve.v1.Streams/Append,status=Ok"] >= 1);
        Assert.Equal("histogram", scrape.Types["varve_storage_commit_duration_seconds"]);
        Assert.True(scrape["varve_server_connections", ""] >= 1);
        Assert.True(scrape["dotnet_process_memory_working_set_bytes", ""] > 0);
        Assert.Equal(1, scrape.CountOf("varve_server_info"));
    }

    [Fact]
    public async Task The_status_tells_positions_sizes_and_versions()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        AppendResponse append = await server.AppendJsonAsync(stream.Name, "{\"a\":1}");
        GetStatusResponse status = await server.Channel.CallUnaryAsync<GetStatusRequest, GetStatusResponse>(
            AdminReflection.Descriptor.Services[0].FindMethodByName("GetStatus"), new GetStatusRequest());
        Assert.True(status.Accepting);
        Assert.Equal("", status.StopReason);
        Assert.True(status.VisibleUpTo >= append.Position);
        Assert.True(status.VisibleUpTo <= status.DurableUpTo && status.DurableUpTo <= status.AppendedUpTo);
        Assert.True(status is { StreamCount: >= 1, RowCount: >= 1, TailBytes: > 0, LogBytes: > 0, ProcessMemoryBytes: > 0, Connections: >= 1 });
        Assert.True(status.TailLimitBytes > status.TailBytes);
        Assert.Equal(server.DirectoryPath, status.DataDirectory);
        Assert.Matches(@"^v?\d+\.\d+\.\d+$", status.Components["duckdb"]);
        Assert.True(Guid.TryParse(status.NodeId, out _));
        Assert.True(status.Uptime.ToTimeSpan() > TimeSpan.Zero);
    }

    [Fact]
    public async Task Every_call_is_in_the_access_log()
    {
        await server.CreateAsync("a int64");
        await Until.True(() => server.Log.Entries.Any(e => e.Category == "Varve.Server.Access"
            && e.Message.StartsWith("/varve.v1.Streams/CreateStream from 127.0.0.1:", StringComparison.Ordinal)
            && e.Message.Contains("(anonymous): Ok", StringComparison.Ordinal)), "the call is logged");
    }

    [Fact]
    public async Task HTTP_on_the_gRPC_port_and_gRPC_on_the_HTTP_port_do_no_harm()
    {
        using var client = new HttpClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
            (await client.GetAsync(new Uri($"http://{server.Server.GrpcEndpoint}/metrics"))).EnsureSuccessStatusCode());
        using var channel = new Rpc.Client.GrpcChannel(new Uri($"http://{server.Server.HttpEndpoint}"));
        await Assert.ThrowsAsync<Rpc.RpcException>(() => channel.CallUnaryAsync<ListStreamsRequest, ListStreamsResponse>(
            RunningServer.Method("ListStreams"), new ListStreamsRequest()));
        await server.CreateAsync("a int64");
    }
}
