using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;
using Varve.Rpc.Server;

namespace Varve.Server.Flight;

/// <summary>
/// Writes the answer of a DoGet: the schema, also where no rows follow, then a message per batch whose buffers go to the transport from where they
/// lie. Plain columns and bodies as they are: several clients fail on dictionaries, and most have no codec. For one call.
/// </summary>
internal sealed class FlightSender(ServerCall call)
{
    public ValueTask SendAsync(Schema schema) =>
        call.WritePartsAsync(FlightDataPrefix.Encode(SchemaMessage.Encode(schema), bodyLengthBytes: 0), []);

    /// <param name="batch">Its memory must stay unchanged until this completes.</param>
    /// <param name="appMetadata">Empty: none.</param>
    /// <returns>Bytes of the batch's body.</returns>
    public async ValueTask<long> SendAsync(RecordBatch batch, ReadOnlyMemory<byte> appMetadata = default)
    {
        BatchMessage message = BatchEncoder.Encode(batch);
        await call.WritePartsAsync(FlightDataPrefix.Encode(message.Header.Span, message.BodyLengthBytes, appMetadata.Span), message.Body);
        return message.BodyLengthBytes;
    }
}
