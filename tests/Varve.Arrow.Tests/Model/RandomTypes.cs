namespace Varve.Arrow.Tests.Model;

/// <summary>Random types of every kind that a stream can hold.</summary>
internal static class RandomTypes
{
    private static readonly TimeUnit[] Units = [TimeUnit.Second, TimeUnit.Millisecond, TimeUnit.Microsecond, TimeUnit.Nanosecond];

    /// <summary>Every flat type once.</summary>
    public static IReadOnlyList<ArrowType> Flat { get; } =
    [
        ArrowTypes.Null, ArrowTypes.Boolean,
        ArrowTypes.Int8, ArrowTypes.Int16, ArrowTypes.Int32, ArrowTypes.Int64,
        ArrowTypes.UInt8, ArrowTypes.UInt16, ArrowTypes.UInt32, ArrowTypes.UInt64,
        ArrowTypes.Float16, ArrowTypes.Float32, ArrowTypes.Float64,
        new DecimalType(9, 2, 32), new DecimalType(18, 0, 64), new DecimalType(38, 10, 128),
        new DecimalType(76, 30, 256), new DecimalType(5, -3, 128),
        ArrowTypes.Utf8, ArrowTypes.LargeUtf8, ArrowTypes.Utf8View, ArrowTypes.Binary, ArrowTypes.LargeBinary, ArrowTypes.BinaryView,
        new FixedSizeBinaryType(3), new FixedSizeBinaryType(16), new FixedSizeBinaryType(0),
        ArrowTypes.Date32, ArrowTypes.Date64,
        .. Units.Select(u => new TimeType(u)), .. Units.Select(u => new TimestampType(u, null)),
        .. Units.Select(u => new TimestampType(u, "Europe/Berlin")), .. Units.Select(u => new DurationType(u)),
        new IntervalType(IntervalUnit.YearMonth), new IntervalType(IntervalUnit.DayTime), new IntervalType(IntervalUnit.MonthDayNano),
    ];

    public static ArrowType Next(Random random, int depth = 3)
    {
        if (depth == 0 || random.Next(3) != 0)
            return Flat[random.Next(Flat.Count)];
        return random.Next(5) switch
        {
            0 => new ListType(Child("item")),
            1 => new LargeListType(Child("item")),
            2 => new FixedSizeListType(Child("item"), random.Next(4)),
            3 => new StructType([.. Enumerable.Range(0, random.Next(1, 4)).Select(i => Child($"f{i}"))]),
            _ => new MapType(new Field("entries", new StructType([new Field("key", Key(random), false), Child("value")]), false), false),
        };

        Field Child(string name) => NextField(random, name, depth - 1);
    }

    /// <summary>Of the null type always nullable.</summary>
    public static Field NextField(Random random, string name, int depth = 3)
    {
        ArrowType type = Next(random, depth);
        return new Field(name, type, type is NullType || random.Next(4) != 0);
    }

    /// <summary>Columns of random types; with enough of them every flat type comes up.</summary>
    public static Schema NextSchema(Random random) =>
        new([.. Enumerable.Range(0, random.Next(1, 8)).Select(i => NextField(random, $"column {i}"))]);

    private static ArrowType Key(Random random) => random.Next(3) switch { 0 => ArrowTypes.Int32, 1 => ArrowTypes.Utf8View, _ => ArrowTypes.Utf8 };
}
