using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Arrow;
using Varve.Server;
using Varve.Server.Configuration;

namespace Varve.Load.DoGet;

/// <summary>
/// The other end of <see cref="DoGetScenario"/>: a daemon with a filled stream, in a process of its own. Prints where it serves, ends with its input.
/// </summary>
internal sealed class DoGetDaemon : IScenario
{
    public const string Scenario = "doget-daemon";
    public const string Stream = "numbers";

    /// <summary>Two columns of 8 bytes: 1 MiB, and a chunk of the tail.</summary>
    private const int BatchRows = 65_536;

    private const long BatchBytes = BatchRows * 16L;

    private static readonly Schema Columns = new(
        [new Field("a", ArrowTypes.Int64, isNullable: false), new Field("b", ArrowTypes.Int64, isNullable: false)]);

    public string Name => Scenario;

    public string Summary => "(started by doget)";

    public async Task RunAsync(LoadArguments arguments)
    {
        int batches = arguments.Number("mib", DoGetScenario.DefaultBatches);
        string directory = Directory.CreateTempSubdirectory("varve-load-").FullName;
        try
        {
            var options = new VarveServerOptions();
            options.Data.Directory = directory;
            options.Data.TailMemoryLimitBytes = (batches * 2L * BatchBytes) + (64 << 20);
            options.Listen.Grpc = Endpoint.Parse("127.0.0.1:0");
            options.Listen.Http = Endpoint.Parse("127.0.0.1:0");
            await using VarveServer server = await VarveServer.StartAsync(options, NullLoggerFactory.Instance);
            await FillAsync(server, batches);
            Console.WriteLine(server.GrpcEndpoint);
            await Console.In.ReadToEndAsync();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task FillAsync(VarveServer server, int batches)
    {
        await server.Engine.CreateStreamAsync(Stream, Columns);
        byte[] values = new byte[BatchRows * 8];
        new Random(1).NextBytes(MemoryMarshal.AsBytes(values.AsSpan()));
        var column = new ArrayData(ArrowTypes.Int64, BatchRows, 0, [default, values]);
        for (int i = 0; i < batches; i++)
            await server.Engine.AppendAsync(Stream, new RecordBatch(Columns, BatchRows, [column, column]));
    }
}
