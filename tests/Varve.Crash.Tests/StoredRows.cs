using Varve.Arrow;

namespace Varve.Crash.Tests;

/// <summary>Consecutive rows as a reader found them.</summary>
internal readonly record struct StoredRows(long FirstOffset, int RowCount, IReadOnlyList<ArrayData> Columns);
