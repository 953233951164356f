using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Server.Read;
using Varve.Storage;
using OffsetRange = Varve.Storage.OffsetRange;
using StreamDescription = Varve.Storage.StreamDescription;

namespace Varve.Server.Consume;

/// <summary>
/// The rows of one member of a consumer, lease by lease, each in one piece that suits a message: what is too large for that is given back at once, and
/// comes next. For one call.
/// </summary>
/// <param name="engine">Gives the leases and the rows.</param>
/// <param name="stream">As it was when the call began.</param>
/// <param name="consumer">The consumer's name.</param>
/// <param name="member">The member's name.</param>
/// <param name="columns">Which columns.</param>
/// <param name="limits">How much at a time.</param>
internal sealed class LeasedBatches(
    StorageEngine engine, StreamDescription stream, string consumer, string member, ReadColumns columns, ConsumeLimits limits)
{
    /// <summary>The rows around those of the newest lease: in a segment they are decoded together, and rows never change.</summary>
    private RecordBatch? _rows;
    private long _rowsAt;

    public async IAsyncEnumerable<LeasedBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancelled)
    {
        while (await LeaseAsync(cancelled) is { } lease)
        {
            StreamView view = engine.OpenView(stream.Name);
            if (view.FirstOffset > lease.Rows.From || view.Stream.Id != stream.Id)
            {
                engine.ReleaseLeases(stream.Name, consumer, member, [lease.Id]);
                if (view.Stream.Id == stream.Id)
                    continue; // Retention was faster.
                throw ErrorMapper.Create(
                    ErrorCode.StreamNotFound, $"stream '{stream.Name}' was dropped while it was consumed; another of that name exists now", stream.Name);
            }

            RecordBatch rows = RowsOf(view, lease.Rows);
            if (rows.RowCount < lease.Rows.RowCount)
                engine.ShrinkLease(stream.Name, consumer, member, lease.Id, lease.Rows.From + rows.RowCount);
            yield return new LeasedBatch(lease, rows, view.EndOffset);
        }
    }

    /// <summary>Null when nothing came for as long as the call waits.</summary>
    private async Task<ConsumerLease?> LeaseAsync(CancellationToken cancelled)
    {
        if (limits.Wait is not { } wait)
            return await engine.LeaseAsync(stream.Name, consumer, member, limits.BatchRowsMax, limits.UnacknowledgedRowsMax, cancelled);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        either.CancelAfter(wait);
        try
        {
            return await engine.LeaseAsync(stream.Name, consumer, member, limits.BatchRowsMax, limits.UnacknowledgedRowsMax, either.Token);
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return null;
        }
    }

    private RecordBatch RowsOf(StreamView view, OffsetRange range)
    {
        if (_rows is null || range.From < _rowsAt || range.From >= _rowsAt + _rows.RowCount)
        {
            ViewChunk chunk = view.Chunks[view.ChunkIndexOf(range.From)];
            _rows = columns.Project(chunk, 0, chunk.RowCount);
            _rowsAt = chunk.FirstOffset;
        }

        int start = (int)(range.From - _rowsAt);
        int count = (int)Math.Min(range.RowCount, _rows.RowCount - start);
        for (long bytes = ArraySize.Bytes(_rows.Slice(start, count)); bytes > 2 * limits.BatchBytes && count > 1;
            bytes = ArraySize.Bytes(_rows.Slice(start, count)))
            count = (int)Math.Max(1, count * limits.BatchBytes / bytes);
        return _rows.Slice(start, count);
    }
}
