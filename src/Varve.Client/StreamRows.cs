using Varve.Arrow;

namespace Varve.Client;

/// <summary>Consecutive rows of a stream.</summary>
/// <param name="FirstOffset">The offset of the first row.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Position">The log position of the view that they come from.</param>
/// <param name="EndOffset">The stream's end at that moment: the reader has caught up when the rows reach it.</param>
public sealed record StreamRows(long FirstOffset, RecordBatch Rows, long Position, long EndOffset)
{
    /// <summary>Where to go on reading.</summary>
    public long NextOffset => FirstOffset + Rows.RowCount;
}
