using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Query.Types;
using Varve.Server.Append;
using Varve.Server.Calls;
using Varve.Server.Errors;

namespace Varve.Server.FlightSql.Updates;

/// <summary>
/// Collects what a statement inserts, because it is one append: all or none. That bounds it by what one append may take. For one statement.
/// </summary>
/// <param name="stream">For messages.</param>
/// <param name="target">Decides the columns' types, by name; null: the statement does.</param>
/// <param name="services">The bound.</param>
/// <param name="share">Pays for the rows.</param>
internal sealed class InsertedRows(string stream, Schema? target, AppendServices services, CallShare share)
{
    private readonly List<RecordBatch> _batches = [];
    private long _bytes;

    /// <exception cref="Rpc.RpcException">BATCH_TOO_LARGE.</exception>
    /// <exception cref="Query.QueryException">A value does not fit its column.</exception>
    public void Add(RecordBatch rows)
    {
        RecordBatch fitting = new TargetColumns(rows.Schema, target).Fit(rows);
        _bytes += ArraySize.Bytes(fitting);
        if (_bytes > services.MaxBatchBytes)
        {
            throw ErrorMapper.Create(ErrorCode.BatchTooLarge,
                $"cannot insert into '{stream}': the rows take more than {services.MaxBatchBytes} bytes, and a statement is one append, all or none; "
                + "insert fewer rows at a time, or send them with CommandStatementIngest", stream);
        }

        share.Hold(2 * _bytes, $"cannot insert into '{stream}': the rows");
        _batches.Add(fitting);
    }

    /// <summary>All of them; null where there are none.</summary>
    public RecordBatch? TakeAll() => _batches.Sum(b => b.RowCount) == 0 ? null : ArrayConcat.Concat(_batches);
}
