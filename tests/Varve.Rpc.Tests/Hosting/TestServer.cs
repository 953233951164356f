using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Varve.Rpc.Client;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests.Hosting;

/// <summary>A real Kestrel on a free port of 127.0.0.1 (or a Unix socket) with the handlers that a test gives it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<CallReport> _ended = Channel.CreateUnbounded<CallReport>();
    private readonly ConcurrentBag<IDisposable> _connections = [];

    private TestServer(WebApplication app, string scheme, string? unixSocketPath)
    {
        _app = app;
        Scheme = scheme;
        UnixSocketPath = unixSocketPath;
    }

    public string Scheme { get; }

    public string? UnixSocketPath { get; }

    public Uri Address { get; private set; } = new("http://localhost");

    public static Task<TestServer> StartAsync(
        Action<GrpcServer> add,
        Func<GrpcServerOptions, GrpcServerOptions>? configure = null,
        X509Certificate2? certificate = null,
        string? unixSocketPath = null,
        int port = 0)
        => StartAsync(certificate, unixSocketPath, port, server =>
        {
            var options = new GrpcServerOptions
            {
                Stopping = server._app.Lifetime.ApplicationStopping,
                CallEnded = report => server._ended.Writer.TryWrite(report),
            };
            var grpc = new GrpcServer(configure is null ? options : configure(options));
            add(grpc);
            return grpc.InvokeAsync;
        });

    /// <summary>A server whose only method is a unary echo.</summary>
    public static Task<TestServer> StartEchoAsync(Func<GrpcServerOptions, GrpcServerOptions>? configure = null, int port = 0) =>
        StartAsync(server => server.AddUnary<Blob, Blob>(Echo.Say, (request, _) => Task.FromResult(request)), configure, port: port);

    /// <summary>A server that answers HTTP as a test likes: to see what the client makes of it.</summary>
    public static Task<TestServer> StartHttpAsync(RequestDelegate handler) => StartAsync(null, null, 0, _ => handler);

    public GrpcChannel Connect(GrpcChannelOptions? options = null)
    {
        options ??= new GrpcChannelOptions();
        if (UnixSocketPath is not null)
            options = options with { UnixSocketPath = UnixSocketPath };
        return Owned(new GrpcChannel(Address, options));
    }

    public RawHttp2 ConnectRaw() => Owned(new RawHttp2(Address));

    /// <summary>The next report of an ended call, in the order they ended.</summary>
    public Task<CallReport> NextReportAsync() => _ended.Reader.ReadAsync().InTime();

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable connection in _connections)
            connection.Dispose();
        await _app.DisposeAsync();
    }

    private static async Task<TestServer> StartAsync(
        X509Certificate2? certificate, string? unixSocketPath, int port, Func<TestServer, RequestDelegate> handler)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            KestrelGrpc.Configure(kestrel);
            if (unixSocketPath is not null)
                kestrel.ListenUnixSocket(unixSocketPath, ConfigureEndpoint);
            else
                kestrel.Listen(IPAddress.Loopback, port, ConfigureEndpoint);
        });
        var server = new TestServer(builder.Build(), certificate is null ? "http" : "https", unixSocketPath);
        server._app.Run(handler(server));
        await server._app.StartAsync();
        if (unixSocketPath is null)
        {
            IServer kestrel = server._app.Services.GetRequiredService<IServer>();
            string bound = kestrel.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
            server.Address = new Uri($"{server.Scheme}://127.0.0.1:{new Uri(bound).Port}");
        }

        return server;

        void ConfigureEndpoint(ListenOptions endpoint)
        {
            endpoint.Protocols = HttpProtocols.Http2;
            if (certificate is not null)
                endpoint.UseHttps(certificate);
        }
    }

    private T Owned<T>(T connection)
        where T : IDisposable
    {
        _connections.Add(connection);
        return connection;
    }
}
