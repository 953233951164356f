using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>
/// A server before a real store: it lets requests through, or lets them come to grief as <see cref="Choose"/> says. Stands where the store's endpoint does. Any
/// thread.
/// </summary>
internal sealed class TroubledStore : IAsyncDisposable
{
    private static readonly HashSet<string> OfTheConnection = new(["Host", "Connection", "Expect", "Transfer-Encoding"], StringComparer.OrdinalIgnoreCase);

    private readonly WebApplication _server;
    private readonly HttpClient _store;
    private int _troubleCount;

    private TroubledStore(WebApplication server, HttpClient store)
    {
        _server = server;
        _store = store;
    }

    /// <summary>Asked for each request, by its method and target; from several threads.</summary>
    public Func<string, StoreTrouble> Choose { get; set; } = _ => StoreTrouble.None;

    public string Endpoint => _server.Urls.First();

    /// <summary>How many requests came to grief.</summary>
    public int TroubleCount => Volatile.Read(ref _troubleCount);

    /// <param name="endpoint">The store's, such as <c>http://127.0.0.1:4568</c>.</param>
    public static async Task<TroubledStore> StartAsync(string endpoint)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        TroubledStore troubled = new(builder.Build(), new HttpClient { BaseAddress = new Uri(endpoint) });
        troubled._server.Run(troubled.AnswerAsync);
        await troubled._server.StartAsync();
        return troubled;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _store.Dispose();
    }

    private Task AnswerAsync(HttpContext http)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        StoreTrouble trouble = Choose($"{http.Request.Method} {target}");
        if (trouble != StoreTrouble.None)
            Interlocked.Increment(ref _troubleCount);
        return trouble switch
        {
            StoreTrouble.Busy => RefuseAsync(http, 503, "SlowDown"),
            StoreTrouble.Broken => RefuseAsync(http, 500, "InternalError"),
            StoreTrouble.Denied => RefuseAsync(http, 403, "SignatureDoesNotMatch"),
            _ => ForwardAsync(http, target, trouble),
        };
    }

    private static async Task RefuseAsync(HttpContext http, int status, string code)
    {
        await http.Request.Body.CopyToAsync(Stream.Null);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/xml";
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>No.</Message></Error>");
    }

    private async Task ForwardAsync(HttpContext http, string target, StoreTrouble trouble)
    {
        using HttpRequestMessage request = new(new HttpMethod(http.Request.Method), target);
        using MemoryStream sent = new();
        await http.Request.Body.CopyToAsync(sent);
        if (http.Request.ContentLength is not null)
            request.Content = new ByteArrayContent(sent.ToArray());
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in http.Request.Headers)
        {
            if (!OfTheConnection.Contains(name) && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        using HttpResponseMessage found = await _store.SendAsync(request);
        byte[] body = await found.Content.ReadAsByteArrayAsync();
        if (trouble == StoreTrouble.NoAnswer)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = (int)found.StatusCode;
        foreach ((string name, IEnumerable<string> values) in found.Headers.Concat(found.Content.Headers))
        {
            if (!OfTheConnection.Contains(name))
                http.Response.Headers[name] = values.ToArray();
        }

        if (trouble != StoreTrouble.HalfAnswer || body.Length < 2)
        {
            if (!HttpMethods.IsHead(http.Request.Method))
                await http.Response.Body.WriteAsync(body);
            return;
        }

        await http.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
        await http.Response.Body.FlushAsync();
        http.Abort();
    }
}
