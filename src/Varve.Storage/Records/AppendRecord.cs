using Varve.Arrow;
using Varve.Storage.Streams;

namespace Varve.Storage.Records;

/// <summary>The rows of an append, or of one part of it.</summary>
/// <param name="StreamId">The stream that grows.</param>
/// <param name="TimeMicros">The <c>_time</c> of all rows; the same in all parts.</param>
/// <param name="FirstOffset">The offset of the first row of this part.</param>
/// <param name="Part">0 for the first.</param>
/// <param name="PartCount">1 for a batch in one piece. Rows become visible with the last part.</param>
/// <param name="Columns">The columns that the rows have; all others of the stream are null.</param>
/// <param name="Rows">The rows, valid until the record is applied; of a record with parts or of a group, until the last one is.</param>
internal sealed record AppendRecord(
    long StreamId,
    long TimeMicros,
    long FirstOffset,
    int Part,
    int PartCount,
    ColumnProjection Columns,
    RecordBatch Rows)
    : LogRecord(StreamId, TimeMicros)
{
    /// <summary>Belongs to the <see cref="AppendGroupRecord"/> before it: the rows become visible with the group's last batch.</summary>
    public bool IsGrouped { get; init; }
}
