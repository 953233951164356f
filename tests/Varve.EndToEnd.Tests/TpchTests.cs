using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.EndToEnd.Tests.Clients;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Query.Import;
using Varve.Rpc.Client;
using Varve.Testing;
using Varve.Testing.Processes;
using Any = Google.Protobuf.WellKnownTypes.Any;

namespace Varve.EndToEnd.Tests;

/// <summary>TPC-H at scale 0.1: DuckDB's dbgen makes the data, Flight takes it in, and a Flight SQL client asks the 22 queries.</summary>
[Collection(RealClients.Name)]
public class TpchTests(NodeClients node)
{
    private const double Scale = 0.1;

    [Fact]
    public async Task All_queries_give_the_official_answers()
    {
        using var directory = new TempDirectory("tpch");
        ClientAnswer made = await node.RunAsync("tpch-data.mjs", new { folder = directory.Path, scale = Scale });
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(directory.File("data"));
        using var channel = new GrpcChannel(new Uri($"http://{daemon.Endpoint}"));
        foreach (JsonProperty table in made.Steps)
        {
            long taken = await IngestAsync(channel, table.Name, directory.File($"{table.Name}.parquet"));
            Assert.Equal((table.Name, table.Value.GetInt64()), (table.Name, taken));
        }

        ClientAnswer answer = await node.RunAsync(
            "tpch-queries.mjs", new { port = PortOf(daemon), file = directory.File("queries.json") });

        Assert.Equal(22, answer.StepCount);
        Assert.All(Enumerable.Range(1, 22), query => Assert.True(answer[$"q{query}"].GetInt32() > 0));
    }

    private static int PortOf(VarveDaemon daemon) =>
        int.Parse(daemon.Endpoint.AsSpan(daemon.Endpoint.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);

    /// <summary>A file's rows by CommandStatementIngest; how many the daemon took.</summary>
    private static async Task<long> IngestAsync(GrpcChannel channel, string table, string file)
    {
        await using FileImport rows = await FileImport.OpenAsync(file, ImportFormat.Parquet);
        MethodDescriptor put = FlightReflection.Descriptor.Services[0].FindMethodByName("DoPut");
        using DuplexCall<FlightData, PutResult> call = channel.Duplex<FlightData, PutResult>(put);
        var descriptor = new FlightDescriptor
        {
            Type = FlightDescriptor.Types.DescriptorType.Cmd,
            Cmd = Any.Pack(new CommandStatementIngest { Table = table }).ToByteString(),
        };
        await call.RequestStream.WritePartsAsync(FlightDataPrefix.Encode(SchemaMessage.Encode(rows.Schema), 0, descriptor: descriptor), []);
        await foreach (RecordBatch batch in rows.ReadAllAsync())
        {
            BatchMessage message = BatchEncoder.Encode(batch);
            await call.RequestStream.WritePartsAsync(FlightDataPrefix.Encode(message.Header.Span, message.BodyLengthBytes), message.Body);
        }

        await call.RequestStream.CompleteAsync();
        PutResult? result = await call.ResponseStream.ReadAsync();
        Assert.NotNull(result);
        return DoPutUpdateResult.Parser.ParseFrom(result.AppMetadata).RecordCount;
    }
}
