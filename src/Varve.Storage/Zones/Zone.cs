namespace Varve.Storage.Zones;

/// <summary>What is known of a column's values in some rows, in the unit in which the column is stored.</summary>
/// <param name="Least">No value that is not null is less. A bound, not always a value that is there: long texts are cut.</param>
/// <param name="Greatest">No value that is not null is greater. A bound as well.</param>
/// <param name="HasNulls">Whether some row is null.</param>
/// <param name="IsEmpty">Whether every row is null; then least and greatest mean nothing.</param>
public readonly record struct Zone(ZoneValue Least, ZoneValue Greatest, bool HasNulls, bool IsEmpty = false);
