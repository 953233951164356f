using System.Runtime.InteropServices;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;
using Varve.Rpc.Client;
using Varve.Server;
using Varve.Server.Configuration;

namespace Varve.Load.DoGet;

/// <summary>
/// DoGet of a stream in batches of 1 MiB next to a raw loopback socket. Both ends of both are in this process. "frames" only finds the fields of each message,
/// which is what the daemon and the transport cost; "batches" decodes record batches that may be kept.
/// </summary>
internal sealed class DoGetScenario : IScenario
{
    private const string Stream = "numbers";

    /// <summary>Two columns of 8 bytes: 1 MiB, and a chunk of the tail.</summary>
    private const int BatchRows = 65_536;

    private const long BatchBytes = BatchRows * 16L;

    private static readonly Schema Columns = new([new Field("a", ArrowTypes.Int64, isNullable: false), new Field("b", ArrowTypes.Int64, isNullable: false)]);

    public string Name => "doget";

    public string Summary => "DoGet of 1 MiB batches next to a raw loopback socket: mib=256 (in the stream), passes=8 (over it, each round), rounds=5";

    public async Task RunAsync(LoadArguments arguments)
    {
        int batches = arguments.Number("mib", 256);
        int passes = arguments.Number("passes", 8);
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
            using var channel = new GrpcChannel(new Uri($"http://{server.GrpcEndpoint}"), new GrpcChannelOptions { MaxReceiveMessageBytes = 16 << 20 });
            FlightInfo info = await channel.CallUnaryAsync<FlightDescriptor, FlightInfo>(Method("GetFlightInfo"), FlightMessages.StreamDescriptor(Stream));
            await MeasureAsync(arguments, new LoopbackSocket(batches), passes, channel, info.Endpoint[0].Ticket);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(LoadArguments arguments, LoopbackSocket socket, int passes, GrpcChannel channel, Ticket ticket)
    {
        var table = new RatioTable("loopback socket", "DoGet, frames", "DoGet, batches");
        await ReadFramesAsync(channel, ticket, 1);
        await ReadBatchesAsync(channel, ticket, 1);
        for (int round = arguments.Number("rounds", 5); round > 0; round--)
        {
            table.Add(
            [
                await Measurement.OfAsync(() => socket.MoveAsync(passes)),
                await Measurement.OfAsync(() => ReadFramesAsync(channel, ticket, passes)),
                await Measurement.OfAsync(() => ReadBatchesAsync(channel, ticket, passes)),
            ]);
        }

        table.Print();
    }

    private static async Task FillAsync(VarveServer server, int batches)
    {
        await server.Engine.CreateStreamAsync(Stream, Columns);
        byte[] values = new byte[BatchRows * 8];
        var random = new Random(1);
        random.NextBytes(MemoryMarshal.AsBytes(values.AsSpan()));
        var column = new ArrayData(ArrowTypes.Int64, BatchRows, 0, [default, values]);
        for (int i = 0; i < batches; i++)
            await server.Engine.AppendAsync(Stream, new RecordBatch(Columns, BatchRows, [column, column]));
    }

    private static async Task<long> ReadFramesAsync(GrpcChannel channel, Ticket ticket, int passes)
    {
        long bytes = 0;
        for (; passes > 0; passes--)
        {
            using ServerStreamingCall<FlightData> call = channel.ServerStreaming<Ticket, FlightData>(Method("DoGet"), ticket);
            while ((await call.ResponseStream.ReadAsync(static message => FlightDataLayout.Find(message).Body.Length)).TryGet(out int body))
                bytes += body;
        }

        return bytes;
    }

    private static async Task<long> ReadBatchesAsync(GrpcChannel channel, Ticket ticket, int passes)
    {
        long bytes = 0;
        for (; passes > 0; passes--)
        {
            using ServerStreamingCall<FlightData> call = channel.ServerStreaming<Ticket, FlightData>(Method("DoGet"), ticket);
            BatchDecoder? decoder = null;
            while ((await call.ResponseStream.ReadAsync(FlightDataMessage.Decode)).TryGet(out FlightDataMessage? message))
            {
                if (decoder is null)
                    decoder = new BatchDecoder(SchemaMessage.Decode(message.Header.Span));
                else
                    bytes += decoder.Decode(message.Header.Span, message.Body)!.RowCount * 16L;
            }
        }

        return bytes;
    }

    private static MethodDescriptor Method(string name) => FlightReflection.Descriptor.Services[0].FindMethodByName(name);
}
