using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;
using Varve.Rpc.Server;

namespace Varve.Server.Flight;

/// <summary>
/// Writes rows as FlightData: the schema, then a message per batch whose buffers go to the transport from where they lie. Plain columns and bodies as they
/// are: several clients fail on dictionaries, and most have no codec.
/// </summary>
internal static class FlightSender
{
    public static async Task SendAsync(ServerCall call, FlightRows rows)
    {
        await call.WritePartsAsync(FlightDataPrefix.Encode(SchemaMessage.Encode(rows.Schema), bodyLengthBytes: 0), []);
        await foreach (FlightBatch batch in rows.Batches.WithCancellation(call.Cancelled))
        {
            BatchMessage message = BatchEncoder.Encode(batch.Rows);
            byte[] prefix = FlightDataPrefix.Encode(message.Header.Span, message.BodyLengthBytes, batch.AppMetadata.Span);
            await call.WritePartsAsync(prefix, message.Body);
        }
    }
}
