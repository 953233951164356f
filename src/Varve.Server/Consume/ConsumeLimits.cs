using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Server.Services;

namespace Varve.Server.Consume;

/// <summary>How much a Consume call hands out.</summary>
/// <param name="BatchRowsMax">Rows of a response, at least 1.</param>
/// <param name="UnacknowledgedRowsMax">Rows that the member may have, at least 1.</param>
/// <param name="BatchCountMax">Responses; null: no limit.</param>
/// <param name="Wait">How long rows are waited for; null: for ever.</param>
/// <param name="BatchBytes">About what the rows of a response take at most.</param>
internal sealed record ConsumeLimits(int BatchRowsMax, int UnacknowledgedRowsMax, int? BatchCountMax, TimeSpan? Wait, long BatchBytes)
{
    /// <summary>Many clients take messages of 4 MiB at most, and text takes several times what rows do.</summary>
    private const long ArrowBytes = 1L << 20;
    private const long TextBytes = 128L << 10;

    private const int BatchRowsDefault = 1_000;
    private const int BatchRowsLimit = 65_536;
    private const int RowsLimit = 1_000_000;
    private const int UnacknowledgedBatches = 4;

    /// <exception cref="Rpc.RpcException">A limit is none.</exception>
    public static ConsumeLimits Of(ConsumeRequest request)
    {
        if (request.MaxBatchRows < 0 || request.MaxUnacknowledgedRows < 0 || request.MaxBatches < 0)
            throw ErrorMapper.InvalidRequest("max_batch_rows, max_unacknowledged_rows and max_batches must not be negative", request.Stream);
        int rows = request.MaxBatchRows == 0 ? BatchRowsDefault : Math.Min(request.MaxBatchRows, BatchRowsLimit);
        int most = request.MaxUnacknowledgedRows == 0 ? UnacknowledgedBatches * rows : Math.Min(request.MaxUnacknowledgedRows, RowsLimit);
        return new ConsumeLimits(
            rows,
            most,
            request.MaxBatches == 0 ? null : request.MaxBatches,
            ConsumerText.Span(request.Stream, "max_wait", request.MaxWait, TimeSpan.FromDays(1)),
            request.Format is RowFormat.Columns or RowFormat.Json ? TextBytes : ArrowBytes);
    }
}
