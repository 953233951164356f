using Varve.Arrow;
using Varve.Storage;

namespace Varve.Server.Read;

/// <summary>Some consecutive rows of a stream, as a reader asked for them.</summary>
/// <param name="Rows">In the reader's columns, over the memory of the view.</param>
/// <param name="FirstOffset">Of the first row.</param>
/// <param name="Position">Of the view that they come from.</param>
/// <param name="EndOffset">The stream's end in that view.</param>
internal readonly record struct RowSlice(RecordBatch Rows, long FirstOffset, LogPosition Position, long EndOffset);
