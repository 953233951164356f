using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Varve.Server.Configuration;

namespace Varve.Server.Tests.Metrics;

public sealed class OtlpExportTests
{
    [Fact]
    public async Task Metrics_go_to_the_collector_that_is_configured()
    {
        var posts = new ConcurrentQueue<(string Path, byte[] Body)>();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using WebApplication collector = builder.Build();
        collector.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            posts.Enqueue((http.Request.Path, body.ToArray()));
        });
        await collector.StartAsync();
        string address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        await using RunningServer server = await RunningServer.StartAsync(o =>
        {
            o.Metrics.OtlpEndpoint = address + "/v1/metrics";
            o.Metrics.OtlpProtocol = OtlpProtocol.Http;
            o.Metrics.OtlpInterval = TimeSpan.FromMilliseconds(200);
        });
        await server.AppendJsonAsync((await server.CreateAsync("a int64")).Name, "{\"a\":1}");
        await Until.True(() => posts.Any(p => p.Path == "/v1/metrics" && Encoding.Latin1.GetString(p.Body) is var text
            && text.Contains("varve.server.append.rows", StringComparison.Ordinal)
            && text.Contains("varve.storage.commit.duration", StringComparison.Ordinal)),
            "an export with our metrics arrives");
    }
}
