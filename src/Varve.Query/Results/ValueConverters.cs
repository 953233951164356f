using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>A decimal in 2, 4 or 8 bytes becomes one in 16.</summary>
internal readonly struct DecimalConverter<T> : IValueConverter<T, Int128>
    where T : unmanaged, IBinaryInteger<T>
{
    public static Int128 Convert(T value) => Int128.CreateTruncating(value);
}

/// <summary>HUGEINT as a decimal of 38 digits, which is what Arrow has; the few larger values are refused.</summary>
internal readonly struct HugeIntConverter : IValueConverter<Int128, Int128>
{
    private static readonly Int128 Limit = Int128.Parse("100000000000000000000000000000000000000", null);

    public static Int128 Convert(Int128 value) => value < Limit && value > -Limit ? value : throw TooLong(value.ToString());

    public static QueryException TooLong(string value) => new(
        QueryErrorCode.InvalidValue,
        $"the whole number {value} has more than 38 digits, which Arrow's decimal128 cannot hold: cast it to DOUBLE or VARCHAR");
}

/// <summary>UHUGEINT as a decimal of 38 digits.</summary>
internal readonly struct UHugeIntConverter : IValueConverter<UInt128, Int128>
{
    public static Int128 Convert(UInt128 value) =>
        value <= (UInt128)Int128.MaxValue ? HugeIntConverter.Convert((Int128)value) : throw HugeIntConverter.TooLong(value.ToString());
}

/// <summary>INTERVAL counts microseconds, Arrow's interval nanoseconds.</summary>
internal readonly struct IntervalConverter : IValueConverter<NativeInterval, IntervalConverter.MonthDayNano>
{
    public static MonthDayNano Convert(NativeInterval value)
    {
        if (value.Micros > long.MaxValue / 1000 || value.Micros < long.MinValue / 1000)
        {
            throw new QueryException(
                QueryErrorCode.InvalidValue,
                $"an interval of {value.Micros} microseconds is longer than the 292 years that Arrow's interval[month_day_nano] holds: "
                + "cast it to VARCHAR");
        }

        return new MonthDayNano(value.Months, value.Days, value.Micros * 1000);
    }

    /// <summary>Arrow's 16 bytes of an interval[month_day_nano].</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct MonthDayNano(int Months, int Days, long Nanos);
}
