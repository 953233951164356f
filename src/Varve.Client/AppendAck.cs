using Varve.Protocol.V1;

namespace Varve.Client;

/// <summary>What the daemon promises about one appended batch.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="FirstOffset">The offset of the batch's first row; the others follow without a gap.</param>
/// <param name="RowCount">Rows of the batch.</param>
/// <param name="Position">The log position that holds the batch.</param>
/// <param name="Durability">How far the rows are safe.</param>
public sealed record AppendAck(string Stream, long FirstOffset, long RowCount, long Position, Durability Durability);
