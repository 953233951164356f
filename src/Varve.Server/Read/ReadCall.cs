using System.Globalization;
using Google.Protobuf;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Metrics;

namespace Varve.Server.Read;

/// <summary>
/// One Read call: slices of the stream, encoded and written as fast as the client takes them. Bodies go out from where they lie in the tail. For one
/// thread.
/// </summary>
internal sealed class ReadCall(StreamRead read, RowEncoder encoder, ServerCall call, ServerMetrics metrics)
{
    /// <summary>Rows as text can take many times their size in memory: what is encoded is cut again to about this,</summary>
    private const long MessageBytes = 1L << 20;

    /// <summary>when it is larger than this.</summary>
    private const long MaxMessageBytes = 2L << 20;

    /// <summary>Rows that made a message of about the right size the last time.</summary>
    private int _rowsPerMessage = encoder.RowCountMax(read.Schema.Fields.Count);

    public async Task RunAsync()
    {
        call.AddResponseHeader(ReadPoints.PositionKey, read.Opened.Position.ToString(CultureInfo.InvariantCulture));
        await call.SendHeadersAsync();
        if (encoder.Preamble(read.Schema) is { } preamble)
            await WriteAsync(preamble, read.Opened);
        await foreach (RowSlice slice in read.SlicesAsync(call.Cancelled))
            await WriteAsync(slice);
    }

    private async ValueTask WriteAsync(RowSlice slice)
    {
        int start = 0;
        while (start < slice.Rows.RowCount)
        {
            int count = Math.Min(slice.Rows.RowCount - start, _rowsPerMessage);
            RowSlice part = slice.Slice(start, count);
            EncodedRows encoded = encoder.Encode(part.Rows);
            if (encoded.SizeBytes > MaxMessageBytes && count > 1)
            {
                _rowsPerMessage = (int)Math.Max(1, count * MessageBytes / encoded.SizeBytes);
                continue;
            }

            if (encoded.SizeBytes < MessageBytes / 2 && count == _rowsPerMessage)
                _rowsPerMessage = (int)Math.Min(encoder.RowCountMax(read.Schema.Fields.Count), _rowsPerMessage * 2L);
            await WriteAsync(encoded, part.About());
            metrics.RowsRead(count, encoded.SizeBytes);
            start += count;
        }
    }

    /// <summary>
    /// The response's small fields, then the header of the field of rows, then the rows themselves: protobuf does not mind the order.
    /// </summary>
    private ValueTask WriteAsync(EncodedRows rows, ReadResponse response)
    {
        uint tag = WireFormat.MakeTag(rows.FieldNumber, WireFormat.WireType.LengthDelimited);
        int sizeBytes = checked((int)rows.SizeBytes);
        int headerBytes = CodedOutputStream.ComputeUInt32Size(tag) + CodedOutputStream.ComputeLengthSize(sizeBytes);
        byte[] prefix = new byte[response.CalculateSize() + headerBytes];
        var output = new CodedOutputStream(prefix);
        response.WriteTo(output);
        output.WriteTag(tag);
        output.WriteLength(sizeBytes);
        output.Flush();
        return call.WritePartsAsync(prefix, rows.Parts);
    }
}
