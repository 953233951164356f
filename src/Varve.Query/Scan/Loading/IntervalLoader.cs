using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>
/// Intervals, and durations of seconds to microseconds, as INTERVAL: months, days and microseconds. An interval of nanoseconds that are
/// no whole microseconds is refused when it is met.
/// </summary>
internal sealed unsafe class IntervalLoader(ArrowType type) : ColumnLoader
{
    private const string IntervalName = "INTERVAL";

    public override string SqlName => IntervalName;

    public override int RowBytes => sizeof(NativeInterval);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(DuckDbTypeId.Interval);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<byte> source = array.Buffers[1].Span.Slice((array.Offset + from) * type.ByteWidth, count * type.ByteWidth);
        var target = (NativeInterval*)DuckDbApi.duckdb_vector_get_data(vector);
        for (int i = 0; i < count; i++)
            target[i] = IsValid(validity, i) ? Convert(type, source.Slice(i * type.ByteWidth, type.ByteWidth)) : default;
    }

    /// <param name="type">An interval, or a duration other than of nanoseconds.</param>
    /// <param name="value">Arrow's bytes.</param>
    /// <exception cref="QueryException">The value does not fit.</exception>
    public static NativeInterval Convert(ArrowType type, ReadOnlySpan<byte> value) => type switch
    {
        DurationType duration => new NativeInterval(0, 0, Micros(duration, MemoryMarshal.Read<long>(value))),
        IntervalType { Unit: IntervalUnit.YearMonth } => new NativeInterval(MemoryMarshal.Read<int>(value), 0, 0),
        IntervalType { Unit: IntervalUnit.DayTime } => new NativeInterval(
            0, MemoryMarshal.Read<int>(value), MemoryMarshal.Read<int>(value[4..]) * 1000L),
        _ => new NativeInterval(
            MemoryMarshal.Read<int>(value), MemoryMarshal.Read<int>(value[4..]), WholeMicros(type, MemoryMarshal.Read<long>(value[8..]))),
    };

    private static long Micros(DurationType type, long value)
    {
        long factor = type.Unit switch { TimeUnit.Second => 1_000_000, TimeUnit.Millisecond => 1000, _ => 1 };
        return value <= long.MaxValue / factor && value >= long.MinValue / factor
            ? value * factor
            : throw LoadErrors.Misfit($"{type.Name} value {value}", IntervalName);
    }

    private static long WholeMicros(ArrowType type, long nanos) => nanos % 1000 == 0
        ? nanos / 1000
        : throw LoadErrors.Misfit($"{type.Name} value with {nanos} ns, no whole number of microseconds,", IntervalName);
}
