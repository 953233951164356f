using Varve.Query.Scan.Loading;

namespace Varve.Query.Scan;

/// <summary>A column that a scan offers.</summary>
/// <param name="Name">Its name in SQL.</param>
/// <param name="Kind">Where its values come from.</param>
/// <param name="Field">Its place in the stream's schema; -1 for a system column.</param>
/// <param name="Loader">How its values reach DuckDB; for the computed columns it only gives the type.</param>
internal sealed record ScanColumn(string Name, ScanColumnKind Kind, int Field, ColumnLoader Loader);
