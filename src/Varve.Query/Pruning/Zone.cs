namespace Varve.Query.Pruning;

/// <summary>What is known of a column's values in one chunk.</summary>
/// <param name="Least">The least value that is not null.</param>
/// <param name="Greatest">The greatest value that is not null.</param>
/// <param name="HasNulls">Whether some row is null.</param>
/// <param name="IsEmpty">Whether every row is null; then least and greatest mean nothing.</param>
internal readonly record struct Zone(ZoneValue Least, ZoneValue Greatest, bool HasNulls, bool IsEmpty = false);
