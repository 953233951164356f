using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Json;
using Varve.Protocol.Flight;
using Varve.Rpc.Client;

namespace Varve.Server.Tests.Flight;

/// <summary>What a DoGet gave.</summary>
internal sealed record FlightResult(Schema Schema, IReadOnlyList<RecordBatch> Batches, IReadOnlyList<ReadOnlyMemory<byte>> AppMetadata)
{
    public int RowCount => Batches.Sum(b => b.RowCount);

    /// <summary>All rows as JSON lines.</summary>
    public string Json
    {
        get
        {
            var bytes = new System.Buffers.ArrayBufferWriter<byte>();
            foreach (RecordBatch batch in Batches)
                JsonRows.Write(batch, bytes);
            return System.Text.Encoding.UTF8.GetString(bytes.WrittenSpan);
        }
    }

    public static async Task<FlightResult> ReadAsync(ServerStreamingCall<FlightData> call)
    {
        BatchDecoder? decoder = null;
        List<RecordBatch> batches = [];
        List<ReadOnlyMemory<byte>> metadata = [];
        while ((await call.ResponseStream.ReadAsync(FlightDataMessage.Decode)).TryGet(out FlightDataMessage? message))
        {
            if (decoder is null)
            {
                decoder = new BatchDecoder(SchemaMessage.Decode(message.Header.Span));
                continue;
            }

            batches.Add(decoder.Decode(message.Header.Span, message.Body)!);
            metadata.Add(message.AppMetadata);
        }

        Assert.NotNull(decoder);
        return new FlightResult(decoder.Schema, batches, metadata);
    }
}
