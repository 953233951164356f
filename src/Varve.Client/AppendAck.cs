using Varve.Protocol.V1;

namespace Varve.Client;

/// <summary>What the daemon promises about one appended batch.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="FirstOffset">The offset of the batch's first row; the others follow without a gap.</param>
/// <param name="RowCount">Rows of the batch.</param>
/// <param name="Position">The log position that holds the batch.</param>
/// <param name="Durability">How far the rows are safe.</param>
public sealed record AppendAck(string Stream, long FirstOffset, long RowCount, long Position, Durability Durability)
{
    internal static AppendAck Of(AppendResponse answer) =>
        new(answer.Stream, answer.FirstOffset, answer.RowCount, answer.Position, answer.Durability) { IsDuplicate = answer.Duplicate };

    /// <summary>A producer's append that had been stored before, whose answer was lost.</summary>
    public bool IsDuplicate { get; init; }
}
