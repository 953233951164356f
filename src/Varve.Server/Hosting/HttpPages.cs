using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Varve.Server.Metrics;
using Varve.Server.Security;

namespace Varve.Server.Hosting;

/// <summary>
/// The few pages of the HTTP listener: /, /health/live, /health/ready and /metrics. Liveness says only that the process answers; a node that can no
/// longer write still serves reads, so it is alive and not ready.
/// </summary>
internal sealed class HttpPages(NodeHealth health, MetricsCollector metrics, Authenticator authenticator)
{
    private const string PlainText = "text/plain; charset=utf-8";

    private static readonly string Root = JsonSerializer.Serialize(new { name = ProductInfo.Name, version = ProductInfo.Version }) + "\n";

    public Task AnswerAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            return WriteAsync(http, StatusCodes.Status405MethodNotAllowed, PlainText, "only GET is known here\n");
        }

        return http.Request.Path.Value switch
        {
            "/" => WriteAsync(http, StatusCodes.Status200OK, "application/json", Root),
            "/health/live" => WriteAsync(http, StatusCodes.Status200OK, PlainText, "alive\n"),
            "/health/ready" => ReadyAsync(http),
            "/metrics" => MetricsAsync(http),
            _ => WriteAsync(http, StatusCodes.Status404NotFound, PlainText, "there is /, /health/live, /health/ready and /metrics\n"),
        };
    }

    private Task ReadyAsync(HttpContext http) => health.Problem is { } problem
        ? WriteAsync(http, StatusCodes.Status503ServiceUnavailable, PlainText, problem + "\n")
        : WriteAsync(http, StatusCodes.Status200OK, PlainText, string.Concat(health.Warnings.Select(w => $"warning: {w}\n").Prepend("ready\n")));

    private Task MetricsAsync(HttpContext http)
    {
        if (authenticator.Authenticate(http.Request.Headers.Authorization) is not null)
            return WriteAsync(http, StatusCodes.Status200OK, PrometheusText.ContentType, metrics.Scrape());
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(http, StatusCodes.Status401Unauthorized, PlainText, "a token is needed: authorization: Bearer TOKEN\n");
    }

    private static async Task WriteAsync(HttpContext http, int status, string contentType, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }
}
