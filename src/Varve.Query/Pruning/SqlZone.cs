using Varve.Arrow;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>Zones in the unit that the SQL type of a column counts in.</summary>
internal static class SqlZone
{
    /// <summary>Null for types whose values have no order here.</summary>
    public static Zone? Of(ArrayData array) => IsCompared(array.Type) && ZoneScan.Of(array) is { } zone ? Of(zone, array.Type) : null;

    /// <summary>With a zone, seconds and milliseconds become microseconds on their way to SQL.</summary>
    public static Zone Of(Zone stored, ArrowType type) => type switch
    {
        TimestampType { Unit: TimeUnit.Second, TimeZone: not null } => Scaled(stored, 1_000_000),
        TimestampType { Unit: TimeUnit.Millisecond, TimeZone: not null } => Scaled(stored, 1000),
        _ => stored,
    };

    /// <summary>Types of which a constant counts in the same unit as the column, and is as long as its zone.</summary>
    private static bool IsCompared(ArrowType type) => type is IntegerType or FloatType { BitWidth: >= 32 } or DateType or TimestampType;

    private static Zone Scaled(Zone stored, int factor) =>
        stored with { Least = ZoneValue.Of(stored.Least.Whole * factor), Greatest = ZoneValue.Of(stored.Greatest.Whole * factor) };
}
