using System.Net;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Client;
using Varve.Server;
using Varve.Server.Configuration;
using Varve.Testing;

namespace Varve.EndToEnd.Tests;

/// <summary>A daemon on ports of its own and a directory of its own, with two streams: a small one to compare value by value, and one of many batches.</summary>
public class Daemon : IAsyncLifetime, IAsyncDisposable
{
    public const int ManyRows = 200_000;

    private readonly TempDirectory _directory = new("daemon");
    private VarveServer? _server;

    public int Port => _server!.GrpcEndpoint.Port;

    /// <summary>Sent by every client; null: the daemon asks for none.</summary>
    public virtual string? Token => null;

    /// <summary>The certificate to trust; null: the daemon speaks clear text.</summary>
    public virtual string? CertificateFile => null;

    internal VarveClient Client { get; private set; } = null!;

    protected string DirectoryPath => _directory.Path;

    public async Task InitializeAsync()
    {
        var options = new VarveServerOptions();
        options.Data.Directory = _directory.Path;
        options.Data.TailMemoryLimitBytes = 512 << 20;
        options.Listen.Grpc = new Endpoint(IPAddress.Loopback, 0);
        options.Listen.Http = new Endpoint(IPAddress.Loopback, 0);
        Configure(options);
        _server = await VarveServer.StartAsync(options);
        Client = new VarveClient(new VarveClientOptions
        {
            Endpoint = $"localhost:{Port}",
            Token = Token,
            UseTls = CertificateFile is not null,
            CertificateAuthorityFile = CertificateFile,
        });
        await AppendAsync("trips", Trips());
        await AppendAsync("many", Many());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    protected virtual void Configure(VarveServerOptions options)
    {
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    private static RecordBatch Trips()
    {
        var schema = new Schema(
        [
            new Field("id", ArrowTypes.Int64, isNullable: false),
            new Field("name", ArrowTypes.Utf8),
            new Field("value", ArrowTypes.Float64),
        ]);
        return new RecordBatchBuilder(schema).AppendRow(1L, "Zürich", 1.5).AppendRow(2L, null, -2.0).AppendRow(3L, "", null).Build();
    }

    private static RecordBatch Many()
    {
        var schema = new Schema([new Field("id", ArrowTypes.Int64), new Field("text", ArrowTypes.Utf8)]);
        var builder = new RecordBatchBuilder(schema);
        for (long i = 0; i < ManyRows; i++)
            builder.AppendRow(i, $"row {i % 1000}");
        return builder.Build();
    }

    private async Task AppendAsync(string stream, RecordBatch batch)
    {
        await Client.CreateStreamAsync(stream, batch.Schema);
        await Client.AppendAsync(stream, batch);
    }
}
