using Varve.Arrow;

namespace Varve.Storage;

/// <summary>Rows for one stream.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Rows">Their memory must stay unchanged until the append ends.</param>
/// <param name="ExpectedOffset">Where the stream must end, so that nobody else has appended to it meanwhile; null: anywhere.</param>
public readonly record struct StreamAppend(string Stream, RecordBatch Rows, long? ExpectedOffset = null);
