namespace Varve.Storage;

/// <summary>The acknowledgement of an append: its rows are durable and visible.</summary>
/// <param name="Stream">The stream's name, as it was created.</param>
/// <param name="FirstOffset">The offset of the batch's first row; the others follow without a gap. Of a batch without rows: the end of the
/// stream.</param>
/// <param name="RowCount">The batch's rows.</param>
/// <param name="Position">The log entry that made them visible (the last one of a batch in parts). Of a batch without rows: what was visible
/// then.</param>
/// <param name="Durability">What is promised.</param>
public readonly record struct AppendResult(string Stream, long FirstOffset, int RowCount, LogPosition Position, Durability Durability)
{
    /// <summary>The producer made this append before: its rows were stored then, and this is what was answered then.</summary>
    public bool IsDuplicate { get; init; }
}
