using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Varve.Rpc.Server;
using Varve.Server.Configuration;
using Varve.Server.Security;
using Endpoint = Varve.Server.Configuration.Endpoint;

namespace Varve.Server.Hosting;

/// <summary>
/// The daemon's two ports on one Kestrel. Which port a request came in by decides who answers it. Any thread; started and stopped once.
/// </summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Endpoint[] _wanted;
    private ListenOptions? _grpc;
    private ListenOptions? _http;
    private long _connectionCount;

    /// <param name="options">Where to listen, and how long a stop may take.</param>
    /// <param name="certificate">Null: clear text.</param>
    /// <param name="loggers">For the web server's own messages.</param>
    /// <param name="answer">Answers a request of either port.</param>
    public KestrelHost(
        VarveServerOptions options, ServerCertificate? certificate, ILoggerFactory loggers, Func<HttpContext, ListenerRole, Task> answer)
    {
        _wanted = [options.Listen.Grpc, options.Listen.Http];
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Shutdown.DrainTimeout);
        builder.WebHost.UseKestrelCore();

        // Behind what Kestrel registers for itself: the last one counts.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new TransportMemory());
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            KestrelGrpc.Configure(kestrel);
            Listen(kestrel, options.Listen.Grpc, HttpProtocols.Http2, ListenerRole.Grpc, certificate, listener => _grpc = listener);
            HttpProtocols http = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            Listen(kestrel, options.Listen.Http, http, ListenerRole.Http, certificate, listener => _http = listener);
        });
        _app = builder.Build();
        _app.Run(http => answer(http, http.Features.GetRequiredFeature<ListenerFeature>().Role));
    }

    /// <summary>Where gRPC is served, with the port that the system chose where 0 was asked for. Known once started.</summary>
    public IPEndPoint Grpc => _grpc?.IPEndPoint ?? throw new InvalidOperationException("the host is not started");

    /// <summary>Where health and metrics are served, likewise.</summary>
    public IPEndPoint Http => _http?.IPEndPoint ?? throw new InvalidOperationException("the host is not started");

    /// <summary>Connections to the gRPC port.</summary>
    public long ConnectionCount => Interlocked.Read(ref _connectionCount);

    /// <exception cref="StartupException">A port cannot be had.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw CannotListen(e);
        }
    }

    /// <summary>Takes no more connections, and waits for calls under way until the time is up; then cuts them off.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        await _app.StopAsync(timeout.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Listen(
        KestrelServerOptions kestrel,
        Endpoint endpoint,
        HttpProtocols protocols,
        ListenerRole role,
        ServerCertificate? certificate,
        Action<ListenOptions> keep)
    {
        void Configure(ListenOptions listener)
        {
            listener.Protocols = protocols;
            var feature = new ListenerFeature(role);
            listener.Use(next => connection => ServeAsync(next, connection, feature));
            if (certificate is not null)
            {
                listener.UseHttps(https =>
                {
                    https.ServerCertificate = certificate.Leaf;
                    https.ServerCertificateChain = certificate.Chain;
                });
            }

            keep(listener);
        }

        if (endpoint.Address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(endpoint.Port, Configure);
        else
            kestrel.Listen(endpoint.Address, endpoint.Port, Configure);
    }

    private async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection, ListenerFeature feature)
    {
        connection.Features.Set(feature);
        if (feature.Role == ListenerRole.Grpc)
            Interlocked.Increment(ref _connectionCount);
        try
        {
            await next(connection);
        }
        finally
        {
            if (feature.Role == ListenerRole.Grpc)
                Interlocked.Decrement(ref _connectionCount);
        }
    }

    private StartupException CannotListen(Exception e)
    {
        // Kestrel's message names the endpoint where there is one of two to blame.
        Endpoint[] named = [.. _wanted.Where(w => e.Message.Contains($":{w.Port}:", StringComparison.Ordinal))];
        string endpoints = string.Join(" or ", (named.Length > 0 ? named : _wanted).Select(w => w.ToString()));
        string problem = (e.GetBaseException() as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "the port is in use: stop what uses it (ss -ltnp shows it), or choose others with --listen and --http",
            SocketError.AccessDenied => "this user may not use the port: choose one above 1023 with --listen and --http",
            SocketError.AddressNotAvailable => "the address is none of this machine's: choose one that is with --listen and --http",
            _ => e.Message,
        };
        return new StartupException(StartupErrorCode.Endpoint, $"cannot listen on {endpoints}: {problem}", e);
    }
}
