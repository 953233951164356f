using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Server;
using Varve.Server.Configuration;
using Varve.Testing;

namespace Varve.Client.Tests;

/// <summary>A server on ports of its own and an empty directory, with a client.</summary>
public sealed class ServedEngine : IAsyncLifetime, IAsyncDisposable
{
    private readonly TempDirectory _directory = new("client");
    private VarveServer? _server;

    public VarveClient Client { get; private set; } = null!;

    /// <summary>Of gRPC.</summary>
    public string Endpoint => _server!.GrpcEndpoint.ToString();

    public async Task InitializeAsync()
    {
        var options = new VarveServerOptions();
        options.Data.Directory = _directory.Path;
        options.Data.TailMemoryLimitBytes = 256 << 20;
        options.Listen.Grpc = new Endpoint(IPAddress.Loopback, 0);
        options.Listen.Http = new Endpoint(IPAddress.Loopback, 0);
        _server = await VarveServer.StartAsync(options, NullLoggerFactory.Instance);
        Client = new VarveClient(new VarveClientOptions { Endpoint = _server.GrpcEndpoint.ToString() });
    }

    /// <summary>Stops the server and leaves the client.</summary>
    public Task StopAsync() => _server!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
        _directory.Dispose();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
