namespace Varve.Rpc.Wire;

/// <summary>The grpc-timeout header: one to eight digits and a unit, one of H M S m u n.</summary>
internal static class GrpcTimeout
{
    private const int DigitsMax = 8;
    private const long ValueMax = 99_999_999;

    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > DigitsMax + 1)
            return false;

        long value = 0;
        foreach (char digit in text.AsSpan(0, text.Length - 1))
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            value = value * 10 + (digit - '0');
        }

        long? ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            // A tick is 100 ns: rounded up, so that only zero means "at once".
            'n' => (value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }

    /// <summary>The finest unit in which the value still fits eight digits; what is over or past is sent as one nanosecond.</summary>
    public static string Format(TimeSpan timeout)
    {
        long ticks = timeout.Ticks;
        if (ticks <= 0)
            return "1n";

        ReadOnlySpan<(char Unit, long TicksPer)> units =
        [
            ('u', TimeSpan.TicksPerMicrosecond), ('m', TimeSpan.TicksPerMillisecond), ('S', TimeSpan.TicksPerSecond), ('M', TimeSpan.TicksPerMinute),
        ];
        foreach ((char unit, long ticksPer) in units)
        {
            long value = ticks / ticksPer + (ticks % ticksPer == 0 ? 0 : 1);
            if (value <= ValueMax)
                return $"{value}{unit}";
        }

        return $"{Math.Min(ticks / TimeSpan.TicksPerHour, ValueMax)}H";
    }
}
