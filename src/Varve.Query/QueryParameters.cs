using Varve.Arrow;

namespace Varve.Query;

/// <summary>
/// Values for the placeholders of a statement: one row of a batch. Columns named like the placeholders (<c>$1</c>, <c>$name</c>, with or without
/// the dollar) go to these; else the columns go to the placeholders in order. Immutable.
/// </summary>
public sealed class QueryParameters
{
    /// <param name="batch">One column per placeholder.</param>
    /// <param name="row">Which row.</param>
    public QueryParameters(RecordBatch batch, int row = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, batch.RowCount);
        Batch = batch;
        Row = row;
    }

    public RecordBatch Batch { get; }

    public int Row { get; }
}
