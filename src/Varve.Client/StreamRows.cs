using Varve.Arrow;

namespace Varve.Client;

/// <summary>Rows of a stream in the order of their offsets; without a filter, consecutive ones.</summary>
/// <param name="FirstOffset">The offset of the first row.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Position">The log position of the view that they come from.</param>
/// <param name="EndOffset">The stream's end at that moment: the reader has caught up when <paramref name="NextOffset"/> reaches it.</param>
/// <param name="NextOffset">Where to go on reading.</param>
public sealed record StreamRows(long FirstOffset, RecordBatch Rows, long Position, long EndOffset, long NextOffset);
