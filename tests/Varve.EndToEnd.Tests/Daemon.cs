using System.Globalization;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Client;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests;

/// <summary>
/// The daemon as a process, on ports of its own and a directory of its own, with two streams: a small one to compare value by value, and one of many
/// batches.
/// </summary>
public class Daemon : IAsyncLifetime, IAsyncDisposable
{
    public const int ManyRows = 200_000;

    private readonly TempDirectory _directory = new("daemon");
    private VarveDaemon _daemon = null!;

    public int Port => int.Parse(_daemon.Endpoint.AsSpan(_daemon.Endpoint.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);

    /// <summary>Sent by every client; null: the daemon asks for none.</summary>
    public virtual string? Token => null;

    /// <summary>The certificate to trust; null: the daemon speaks clear text.</summary>
    public virtual string? CertificateFile => null;

    internal VarveClient Client { get; private set; } = null!;

    protected string DirectoryPath => _directory.Path;

    public async Task InitializeAsync()
    {
        _daemon = await VarveDaemon.StartAsync(_directory.File("data"), [.. Arguments()]);
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
        await _daemon.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    /// <summary>Flags for `varve serve`. Files that they name may be written here.</summary>
    protected virtual IEnumerable<string> Arguments() => [];

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
