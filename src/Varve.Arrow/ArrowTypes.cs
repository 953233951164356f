namespace Varve.Arrow;

/// <summary>The types without parameters, and the common ones with them, made once.</summary>
public static class ArrowTypes
{
    public static readonly NullType Null = new();
    public static readonly BooleanType Boolean = new();
    public static readonly IntegerType Int8 = new(8, true);
    public static readonly IntegerType Int16 = new(16, true);
    public static readonly IntegerType Int32 = new(32, true);
    public static readonly IntegerType Int64 = new(64, true);
    public static readonly IntegerType UInt8 = new(8, false);
    public static readonly IntegerType UInt16 = new(16, false);
    public static readonly IntegerType UInt32 = new(32, false);
    public static readonly IntegerType UInt64 = new(64, false);
    public static readonly FloatType Float16 = new(16);
    public static readonly FloatType Float32 = new(32);
    public static readonly FloatType Float64 = new(64);
    public static readonly Utf8Type Utf8 = new();
    public static readonly LargeUtf8Type LargeUtf8 = new();
    public static readonly Utf8ViewType Utf8View = new();
    public static readonly BinaryType Binary = new();
    public static readonly LargeBinaryType LargeBinary = new();
    public static readonly BinaryViewType BinaryView = new();
    public static readonly DateType Date32 = new(DateUnit.Day);
    public static readonly DateType Date64 = new(DateUnit.Millisecond);

    /// <summary>The type of <c>_time</c>: microseconds, UTC.</summary>
    public static readonly TimestampType TimestampMicrosUtc = new(TimeUnit.Microsecond, "UTC");

    internal static string Symbol(this TimeUnit unit) => unit switch
    {
        TimeUnit.Second => "s",
        TimeUnit.Millisecond => "ms",
        TimeUnit.Microsecond => "us",
        _ => "ns",
    };
}
