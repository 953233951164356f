using Varve.Arrow;

namespace Varve.Query.Sessions;

/// <summary>A placeholder with its value.</summary>
/// <param name="Name">As DuckDB names it: without the dollar, positional ones by their number.</param>
/// <param name="Array">Holds the value.</param>
/// <param name="Row">Where in the array.</param>
internal sealed record BoundParameter(string Name, ArrayData Array, int Row);
