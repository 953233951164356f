namespace Varve.Crash.Tests;

/// <summary>A batch as it was found in a stream.</summary>
internal readonly record struct StoredBatch(long Writer, long Batch, long FirstOffset, int RowCount);
