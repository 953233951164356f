namespace Varve.Crash.Tests;

/// <summary>An append that a writer was told of, as it printed it before it was killed.</summary>
internal readonly record struct Acknowledged(string Stream, long Writer, long Batch, long FirstOffset, int RowCount);
