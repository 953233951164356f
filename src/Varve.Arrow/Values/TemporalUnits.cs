namespace Varve.Arrow.Values;

/// <summary>How many of a unit make longer ones.</summary>
internal static class TemporalUnits
{
    public const int SecondsPerDay = 86_400;
    public const long MillisecondsPerDay = 86_400_000;

    public static long PerSecond(this TimeUnit unit) => unit switch
    {
        TimeUnit.Second => 1,
        TimeUnit.Millisecond => 1_000,
        TimeUnit.Microsecond => 1_000_000,
        _ => 1_000_000_000,
    };

    public static long PerDay(this TimeUnit unit) => SecondsPerDay * unit.PerSecond();

    /// <summary>Digits of the fraction of a second.</summary>
    public static int FractionDigits(this TimeUnit unit) => 3 * (int)unit;

    /// <summary>The greatest multiple of the divisor that is not above the value, in divisors, and what is left (0 to divisor - 1).</summary>
    public static (long Quotient, long Remainder) DivideDown(long value, long divisor)
    {
        long quotient = Math.DivRem(value, divisor, out long rest);
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest);
    }
}
