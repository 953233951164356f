using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf.Reflection;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Rpc.Framing;

namespace Varve.Client;

/// <summary>The answer to a SQL query as it streams in over Flight SQL. One reader; dispose it to end the query.</summary>
public sealed class SqlAnswer : IDisposable
{
    private readonly ServerStreamingCall<FlightData> _call;
    private readonly BatchDecoder _decoder;

    private SqlAnswer(ServerStreamingCall<FlightData> call, Schema schema, long position)
    {
        _call = call;
        _decoder = new BatchDecoder(schema);
        Schema = schema;
        Position = position;
    }

    public Schema Schema { get; }

    /// <summary>
    /// The log position of the view that the rows are of: a read with <see cref="ReadOptions.AfterPosition"/> goes on from exactly there.
    /// </summary>
    public long Position { get; }

    /// <summary>The rows, batch by batch, each the caller's to keep. The daemon goes on only as fast as they are taken.</summary>
    /// <exception cref="VarveException">The query failed on the way.</exception>
    public IAsyncEnumerable<RecordBatch> ReadAllAsync(CancellationToken cancellation = default) => ReadAsync(FlightDataMessage.Decode, cancellation);

    /// <summary>
    /// The rows, batch by batch, for a caller that is done with each before it asks for the next: the memory of a batch then serves another. Takes less
    /// processor time than <see cref="ReadAllAsync"/> where much is read.
    /// </summary>
    /// <exception cref="VarveException">The query failed on the way.</exception>
    public IAsyncEnumerable<RecordBatch> ReadPassingAsync(CancellationToken cancellation = default) =>
        ReadAsync(FlightDataMessage.DecodePooled, cancellation);

    public void Dispose() => _call.Dispose();

    /// <summary>GetFlightInfo, then DoGet of its one endpoint; completes when the schema is there.</summary>
    internal static async Task<SqlAnswer> OpenAsync(GrpcChannel channel, string sql, CallOptions options)
    {
        CancellationToken cancellation = options.Cancellation;
        FlightDescriptor command = FlightMessages.CommandDescriptor(new CommandStatementQuery { Query = sql });
        FlightInfo info = await Failures.Translate(
            new ValueTask<FlightInfo>(channel.CallUnaryAsync<FlightDescriptor, FlightInfo>(Method("GetFlightInfo"), command, options)), cancellation);
        ServerStreamingCall<FlightData> call = channel.ServerStreaming<Ticket, FlightData>(Method("DoGet"), info.Endpoint[0].Ticket, options);
        try
        {
            if (!(await Failures.Translate(call.ResponseStream.ReadAsync(FlightDataMessage.Decode), cancellation)).TryGet(out FlightDataMessage? first))
                throw new InvalidDataException("the daemon ended the answer without a schema");
            return new SqlAnswer(call, SchemaMessage.Decode(first.Header.Span), PositionOf(await call.ResponseHeadersAsync()));
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    private async IAsyncEnumerable<RecordBatch> ReadAsync(
        FrameDecoder<FlightDataMessage> decode, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while ((await Failures.Translate(_call.ResponseStream.ReadAsync(decode), cancellation)).TryGet(out FlightDataMessage? message))
        {
            // What is no batch may be a dictionary, which the decoder keeps.
            if (message.Header.Length == 0 || _decoder.Decode(message.Header.Span, message.Body) is not { } batch)
                continue;
            yield return batch;
            message.Dispose();
        }
    }

    private static long PositionOf(Metadata headers) =>
        headers.FirstOrDefault(h => h.Key == "varve-position") is { Text: { } text } && long.TryParse(text, CultureInfo.InvariantCulture, out long position)
            ? position
            : throw new InvalidDataException("the daemon did not say of which position its answer is");

    private static MethodDescriptor Method(string name) => VarveClient.Method(FlightReflection.Descriptor, name);
}
