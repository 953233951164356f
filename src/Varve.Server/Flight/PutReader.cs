using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Values;
using Varve.Protocol.Flight;
using Varve.Rpc.Framing;
using Varve.Rpc.Server;
using Varve.Server.Calls;
using Varve.Server.Errors;

namespace Varve.Server.Flight;

/// <summary>
/// The request side of a DoPut: a descriptor, perhaps a schema, then dictionaries and batches. Messages without a header (only a descriptor, only
/// app_metadata) carry no data and may stand anywhere. One reader at a time.
/// </summary>
internal sealed class PutReader
{
    private readonly ServerCall _call;
    private readonly IpcLimits _limits;
    private readonly CallShare _share;

    /// <summary>The first message, until it is read for its data.</summary>
    private FlightDataMessage? _first;
    private BatchDecoder? _decoder;

    private long _schemaBytes;

    private PutReader(ServerCall call, IpcLimits limits, CallShare share, FlightDataMessage first, FlightDescriptor descriptor)
    {
        _call = call;
        _limits = limits;
        _share = share;
        _first = first;
        Descriptor = descriptor;
    }

    public FlightDescriptor Descriptor { get; }

    /// <exception cref="Rpc.RpcException">There is no first message, or it has no descriptor.</exception>
    public static async Task<PutReader> OpenAsync(ServerCall call, IpcLimits limits, CallShare share)
    {
        FrameRead<FlightDataMessage> read = await call.ReadAsync(FlightDataMessage.DecodePooled);
        return read.TryGet(out FlightDataMessage? first) && first.Descriptor is { } descriptor
            ? new PutReader(call, limits, share, first, descriptor)
            : throw ErrorMapper.InvalidRequest("the first message of a DoPut must carry a descriptor that says where the rows go");
    }

    /// <summary>The schema of the batches; null where the client sends none.</summary>
    /// <exception cref="ArrowFormatException">It is damaged, or has types that are not read.</exception>
    public async ValueTask<Schema?> ReadSchemaAsync(CancellationToken cancellationToken)
    {
        using FlightDataMessage? message = await NextAsync(cancellationToken);
        if (message is null)
            return null;
        Schema schema = SchemaMessage.Decode(message.Header.Span, _limits);
        _decoder = new BatchDecoder(schema, _limits);
        _schemaBytes = SchemaSize.Bytes(schema);
        Pay(_decoder);
        return schema;
    }

    /// <summary>
    /// The next batch, after the schema; null after the last. What the caller gets it must dispose when the rows are no longer needed.
    /// </summary>
    /// <exception cref="ArrowFormatException">A message is damaged, or does not fit the schema.</exception>
    public async ValueTask<PutBatch?> ReadBatchAsync(CancellationToken cancellationToken)
    {
        BatchDecoder decoder = _decoder ?? throw new InvalidOperationException("the schema has not been read");
        while (await NextAsync(cancellationToken) is { } message)
        {
            if (decoder.Decode(message.Header.Span, message.Body) is { } rows)
                return new PutBatch(rows, message);

            // A dictionary. The decoder refers to its memory from now on, which is therefore left to the garbage collector.
            Pay(decoder);
        }

        return null;
    }

    private void Pay(BatchDecoder decoder) => _share.Hold(_schemaBytes + decoder.DictionaryBytes, "the schema and the dictionaries of the DoPut");

    /// <summary>The next message that carries data.</summary>
    private async ValueTask<FlightDataMessage?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            FlightDataMessage? message = _first;
            _first = null;
            message ??= (await _call.ReadAsync(FlightDataMessage.DecodePooled, cancellationToken)).Message;
            if (message is null || !message.Header.IsEmpty)
                return message;
            message.Dispose();
        }
    }
}
