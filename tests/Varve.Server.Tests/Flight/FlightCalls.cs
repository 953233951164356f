using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Action = Varve.Protocol.Flight.Action;
using Result = Varve.Protocol.Flight.Result;

namespace Varve.Server.Tests.Flight;

/// <summary>Flight from the client's side, message by message.</summary>
internal sealed class FlightCalls(GrpcChannel channel)
{
    public static MethodDescriptor Method(string name) => FlightReflection.Descriptor.Services[0].FindMethodByName(name);

    public Task<FlightInfo> InfoAsync(FlightDescriptor descriptor) =>
        channel.CallUnaryAsync<FlightDescriptor, FlightInfo>(Method("GetFlightInfo"), descriptor);

    public Task<FlightInfo> InfoAsync(IMessage command) => InfoAsync(FlightMessages.CommandDescriptor(command));

    public async Task<Schema> SchemaAsync(FlightDescriptor descriptor) =>
        SchemaMessage.Decode((await channel.CallUnaryAsync<FlightDescriptor, SchemaResult>(Method("GetSchema"), descriptor)).Schema.Span);

    public ServerStreamingCall<FlightData> OpenGet(Ticket ticket) => channel.ServerStreaming<Ticket, FlightData>(Method("DoGet"), ticket);

    public async Task<FlightResult> GetAsync(Ticket ticket)
    {
        using ServerStreamingCall<FlightData> call = OpenGet(ticket);
        return await FlightResult.ReadAsync(call);
    }

    public async Task<FlightResult> GetAsync(IMessage command) => await GetAsync((await InfoAsync(command)).Endpoint[0].Ticket);

    public Task<FlightResult> QueryAsync(string sql) => GetAsync(new CommandStatementQuery { Query = sql });

    public static Ticket BareTicket(ByteString bytes) => new() { Ticket_ = bytes };

    public DuplexCall<FlightData, PutResult> OpenPut() => channel.Duplex<FlightData, PutResult>(Method("DoPut"));

    public static ValueTask WriteSchemaAsync(DuplexCall<FlightData, PutResult> call, FlightDescriptor descriptor, Schema schema) =>
        call.RequestStream.WritePartsAsync(FlightDataPrefix.Encode(SchemaMessage.Encode(schema), 0, descriptor: descriptor), []);

    public static ValueTask WriteAsync(DuplexCall<FlightData, PutResult> call, BatchMessage message) =>
        call.RequestStream.WritePartsAsync(FlightDataPrefix.Encode(message.Header.Span, message.BodyLengthBytes), message.Body);

    public static ValueTask WriteAsync(DuplexCall<FlightData, PutResult> call, RecordBatch batch) => WriteAsync(call, BatchEncoder.Encode(batch));

    /// <summary>
    /// A whole DoPut: all batches, then all answers. A call that ends while the batches are written tells its status when it is read.
    /// </summary>
    public async Task<List<PutResult>> PutAsync(FlightDescriptor descriptor, Schema schema, params RecordBatch[] batches)
    {
        using DuplexCall<FlightData, PutResult> call = OpenPut();
        try
        {
            await WriteSchemaAsync(call, descriptor, schema);
            foreach (RecordBatch batch in batches)
                await WriteAsync(call, batch);
            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            await ReadAllAsync(call);
            throw;
        }

        return await ReadAllAsync(call);
    }

    public static async Task<List<PutResult>> ReadAllAsync(DuplexCall<FlightData, PutResult> call)
    {
        List<PutResult> results = [];
        await foreach (PutResult result in call.ResponseStream.ReadAllAsync())
            results.Add(result);
        return results;
    }

    public async Task<List<AppendResponse>> AppendAsync(string stream, Schema schema, params RecordBatch[] batches) =>
        [.. (await PutAsync(FlightMessages.StreamDescriptor(stream), schema, batches)).Select(Ack)];

    public static AppendResponse Ack(PutResult result) => AppendResponse.Parser.ParseFrom(result.AppMetadata);

    public async Task<List<Result>> ActAsync(string type, ByteString? body = null)
    {
        using ServerStreamingCall<Result> call = channel.ServerStreaming<Action, Result>(
            Method("DoAction"), new Action { Type = type, Body = body ?? ByteString.Empty });
        List<Result> results = [];
        await foreach (Result result in call.ResponseStream.ReadAllAsync())
            results.Add(result);
        return results;
    }

    public async Task<ActionCreatePreparedStatementResult> PrepareAsync(string sql)
    {
        List<Result> results = await ActAsync("CreatePreparedStatement", AnyMessage.Pack(new ActionCreatePreparedStatementRequest { Query = sql }));
        return Google.Protobuf.WellKnownTypes.Any.Parser.ParseFrom(Assert.Single(results).Body).Unpack<ActionCreatePreparedStatementResult>();
    }

    /// <summary>Binds parameters and runs the statement.</summary>
    public async Task<FlightResult> ExecuteAsync(ByteString handle, RecordBatch? parameters = null)
    {
        var command = new CommandPreparedStatementQuery { PreparedStatementHandle = handle };
        if (parameters is not null)
            await PutAsync(FlightMessages.CommandDescriptor(command), parameters.Schema, parameters);
        return await GetAsync(command);
    }

    /// <summary>Runs a statement that changes something; how many rows it says it changed.</summary>
    public async Task<long> UpdateAsync(string sql)
    {
        using DuplexCall<FlightData, PutResult> call = OpenPut();
        await WriteCommandAsync(call, new CommandStatementUpdate { Query = sql });
        return CountOf(await ReadAllAsync(call));
    }

    /// <summary>The same for a prepared one, with values for its placeholders.</summary>
    public async Task<long> UpdateAsync(ByteString handle, RecordBatch? values)
    {
        var command = new CommandPreparedStatementUpdate { PreparedStatementHandle = handle };
        if (values is not null)
            return CountOf(await PutAsync(FlightMessages.CommandDescriptor(command), values.Schema, values));
        using DuplexCall<FlightData, PutResult> call = OpenPut();
        await WriteCommandAsync(call, command);
        return CountOf(await ReadAllAsync(call));
    }

    /// <summary>A DoPut of a command alone.</summary>
    private static async Task WriteCommandAsync(DuplexCall<FlightData, PutResult> call, IMessage command)
    {
        await call.RequestStream.WriteAsync(new FlightData { FlightDescriptor = FlightMessages.CommandDescriptor(command) });
        await call.RequestStream.CompleteAsync();
    }

    private static long CountOf(List<PutResult> results) => DoPutUpdateResult.Parser.ParseFrom(Assert.Single(results).AppMetadata).RecordCount;
}
