using Varve.Arrow;

namespace Varve.Query.Pruning;

/// <summary>How many units of its SQL type one unit of a stored value is.</summary>
internal static class StoredUnit
{
    private const int MillisPerSecond = 1000;
    private const int MicrosPerMilli = 1000;
    private const int MicrosPerSecond = MillisPerSecond * MicrosPerMilli;

    public static Int128 Of(ArrowType type) => type switch
    {
        TimestampType { Unit: TimeUnit.Second, TimeZone: not null } or TimeType { Unit: TimeUnit.Second } => MicrosPerSecond,
        TimestampType { Unit: TimeUnit.Millisecond, TimeZone: not null } or TimeType { Unit: TimeUnit.Millisecond } => MicrosPerMilli,
        DecimalType { Scale: < 0 } number => PowerOfTen(-number.Scale),
        _ => 1,
    };

    /// <param name="exponent">0 to 38.</param>
    public static Int128 PowerOfTen(int exponent)
    {
        Int128 power = Int128.One;
        for (int i = 0; i < exponent; i++)
            power *= 10;
        return power;
    }
}
