using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Json;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Calls;
using Varve.Server.Errors;
using Varve.Server.Metrics;
using Varve.Server.Read;
using Varve.Server.Rows;
using Varve.Server.Services;
using Varve.Storage;

namespace Varve.Server.Consume;

/// <summary>One Consume call: leases go out as fast as the member acknowledges what it has. For one thread.</summary>
internal sealed class ConsumeCall(StorageEngine engine, ConsumeRequest request, ServerCall call, CallShare share, ServerMetrics metrics)
{
    private readonly ShareBuffer _text = new(share, $"a message of rows for consumer '{request.Consumer}'");

    public async Task RunAsync()
    {
        string member = ConsumerText.Member(request.Stream, request.Member);
        if (!System.Enum.IsDefined(request.Format))
            throw ErrorMapper.InvalidRequest($"cannot consume stream '{request.Stream}': {(int)request.Format} is no row format", request.Stream);
        var limits = ConsumeLimits.Of(request);
        Storage.StreamDescription stream = engine.Describe(request.Stream);
        var batches = new LeasedBatches(engine, stream, request.Consumer, member, ReadColumns.Of(stream, request.Columns), limits);
        _ = engine.DescribeConsumer(request.Stream, request.Consumer);
        await call.SendHeadersAsync();
        int left = limits.BatchCountMax ?? int.MaxValue;
        await foreach (LeasedBatch batch in batches.ReadAsync(call.Cancelled))
        {
            await SendAsync(batch, member);
            if (limits.BatchCountMax is not null && --left == 0)
                return;
        }
    }

    private async Task SendAsync(LeasedBatch batch, string member)
    {
        bool isSent = false;
        try
        {
            ConsumeResponse response = Encode(batch);
            await call.WriteAsync(response);
            metrics.RowsRead(batch.Rows.RowCount, response.CalculateSize());
            isSent = true;
        }
        finally
        {
            // Others need not wait for the time of rows that nobody got.
            if (!isSent)
                engine.ReleaseLeases(request.Stream, request.Consumer, member, [batch.Lease.Id]);
        }
    }

    private ConsumeResponse Encode(LeasedBatch batch)
    {
        var response = new ConsumeResponse
        {
            LeaseId = batch.Lease.Id,
            Epoch = batch.Lease.Epoch,
            Delivery = batch.Lease.Delivery,
            FirstOffset = batch.Lease.Rows.From,
            RowCount = batch.Rows.RowCount,
            Lasts = Duration.FromTimeSpan(batch.Lease.Duration),
            EndOffset = batch.EndOffset,
        };
        switch (request.Format)
        {
            case RowFormat.Columns:
                response.Columns = ColumnBatchWriter.Write(batch.Rows, _text);
                break;
            case RowFormat.Json:
                _text.Clear();
                JsonRows.Write(batch.Rows, _text);
                response.Json = ByteString.CopyFrom(_text.Written.Span);
                break;
            default:
                response.Arrow = Ipc(batch.Rows);
                break;
        }

        return response;
    }

    private static ByteString Ipc(RecordBatch rows)
    {
        using var bytes = new MemoryStream();
        using (var writer = new IpcStreamWriter(bytes, rows.Schema, leaveOpen: true))
            writer.Write(rows);
        return UnsafeByteOperations.UnsafeWrap(bytes.ToArray());
    }
}
