using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>Reads a field's type from its union code, its table and its children. What Varve does not hold is refused by name.</summary>
internal static class TypeReader
{
    public static ArrowType Read(TypeCode code, FlatTable type, Field[] children, FieldPath column)
    {
        int expected = ChildCount(code, children.Length);
        if (children.Length != expected)
            throw new ArrowFormatException($"column {column} of type {code} has {children.Length} children, expected {expected}");
        return code switch
        {
            TypeCode.Null => ArrowTypes.Null,
            TypeCode.Bool => ArrowTypes.Boolean,
            TypeCode.Int => Integer(type, column),
            TypeCode.FloatingPoint => Float(type.Int16(0), column),
            TypeCode.Decimal => Decimal(type, column),
            TypeCode.Utf8 => ArrowTypes.Utf8,
            TypeCode.LargeUtf8 => ArrowTypes.LargeUtf8,
            TypeCode.Utf8View => ArrowTypes.Utf8View,
            TypeCode.Binary => ArrowTypes.Binary,
            TypeCode.LargeBinary => ArrowTypes.LargeBinary,
            TypeCode.BinaryView => ArrowTypes.BinaryView,
            TypeCode.FixedSizeBinary => new FixedSizeBinaryType(NotNegative(type.Int32(0), "width", column)),
            TypeCode.Date => new DateType((DateUnit)Unit(type.Int16(0, 1), 1, "date", column)),
            TypeCode.Time => Time(type, column),
            TypeCode.Duration => new DurationType((TimeUnit)Unit(type.Int16(0, 1), 3, "duration", column)),
            TypeCode.Interval => new IntervalType((IntervalUnit)Unit(type.Int16(0), 2, "interval", column)),
            TypeCode.List => new ListType(children[0]),
            TypeCode.LargeList => new LargeListType(children[0]),
            TypeCode.FixedSizeList => new FixedSizeListType(children[0], NotNegative(type.Int32(0), "list size", column)),
            TypeCode.Struct => new StructType(children),
            TypeCode.Map => Map(type, children[0], column),
            TypeCode.Union or TypeCode.RunEndEncoded or TypeCode.ListView or TypeCode.LargeListView =>
                throw new ArrowFormatException($"column {column} is of Arrow type {code}, which Varve does not read"),
            _ => throw new ArrowFormatException($"column {column} is of an unknown Arrow type (code {(int)code})"),
        };
    }

    /// <summary>The type table of a timestamp holds a string, which the schema's reader must count: it reads this one by itself.</summary>
    public static TimestampType Timestamp(FlatTable type, string? zone, FieldPath column) =>
        new((TimeUnit)Unit(type.Int16(0), 3, "timestamp", column), zone);

    public static IntegerType Integer(FlatTable type, FieldPath column)
    {
        int bits = type.Int32(0);
        return (bits, type.Bool(1)) switch
        {
            (8, true) => ArrowTypes.Int8,
            (16, true) => ArrowTypes.Int16,
            (32, true) => ArrowTypes.Int32,
            (64, true) => ArrowTypes.Int64,
            (8, false) => ArrowTypes.UInt8,
            (16, false) => ArrowTypes.UInt16,
            (32, false) => ArrowTypes.UInt32,
            (64, false) => ArrowTypes.UInt64,
            _ => throw new ArrowFormatException($"column {column} is of integers with {bits} bits, expected 8, 16, 32 or 64"),
        };
    }

    private static int ChildCount(TypeCode code, int found) => code switch
    {
        TypeCode.List or TypeCode.LargeList or TypeCode.FixedSizeList or TypeCode.Map => 1,
        TypeCode.Struct or TypeCode.Union or TypeCode.RunEndEncoded or TypeCode.ListView or TypeCode.LargeListView => found,
        > TypeCode.LargeListView => found, // An unknown type is refused as such, whatever its children.
        _ => 0,
    };

    private static FloatType Float(short precision, FieldPath column) => precision switch
    {
        0 => ArrowTypes.Float16,
        1 => ArrowTypes.Float32,
        2 => ArrowTypes.Float64,
        _ => throw new ArrowFormatException($"column {column} is of floats with precision {precision}, expected 0, 1 or 2 (16, 32 or 64 bits)"),
    };

    private static DecimalType Decimal(FlatTable type, FieldPath column)
    {
        int precision = type.Int32(0);
        int bits = type.Int32(2, 128);
        int digits = bits switch { 32 => 9, 64 => 18, 128 => 38, 256 => 76, _ => 0 };
        if (digits == 0)
            throw new ArrowFormatException($"column {column} is of decimals with {bits} bits, expected 32, 64, 128 or 256");
        if (precision < 1 || precision > digits)
            throw new ArrowFormatException($"column {column} is of {bits}-bit decimals with precision {precision}, expected 1 to {digits}");
        return new DecimalType(precision, type.Int32(1), bits);
    }

    private static TimeType Time(FlatTable type, FieldPath column)
    {
        var time = new TimeType((TimeUnit)Unit(type.Int16(0, 1), 3, "time", column));
        int bits = type.Int32(1, 32);
        if (bits != time.ByteWidth * 8)
            throw new ArrowFormatException($"column {column} is of times in {time.Unit} with {bits} bits, expected {time.ByteWidth * 8}");
        return time;
    }

    private static MapType Map(FlatTable type, Field entries, FieldPath column)
    {
        if (entries.Type is not StructType { Fields.Count: 2 })
            throw new ArrowFormatException($"column {column} is a map of {entries.Type.Id}, expected a struct of key and value");
        return new MapType(entries, type.Bool(0));
    }

    private static int Unit(short unit, int last, string what, FieldPath column) =>
        unit >= 0 && unit <= last ? unit : throw new ArrowFormatException($"column {column} has the {what} unit {unit}, expected 0 to {last}");

    private static int NotNegative(int value, string what, FieldPath column) =>
        value >= 0 ? value : throw new ArrowFormatException($"column {column} has a {what} of {value}");
}
