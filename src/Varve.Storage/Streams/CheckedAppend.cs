using Varve.Arrow;

namespace Varve.Storage.Streams;

/// <summary>Rows that fit their stream, for which memory is still to be reserved.</summary>
/// <param name="Columns">The columns that they have.</param>
/// <param name="Rows">The rows, in memory of the caller.</param>
/// <param name="SizeBytes">What they weigh (<see cref="RowSize"/>).</param>
internal readonly record struct CheckedAppend(ColumnProjection Columns, RecordBatch Rows, long SizeBytes)
{
    /// <summary>Once for the rows in the tail, once for their record, which is given back when it is in the log.</summary>
    public long ReservedBytes => 2 * SizeBytes;
}
