namespace Varve.Arrow;

public enum TimeUnit
{
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

public enum DateUnit
{
    Day,
    Millisecond,
}

public enum IntervalUnit
{
    YearMonth,
    DayTime,
    MonthDayNano,
}

/// <summary>
/// A logical type of Arrow's columnar format, equal by value. Children of nested types are fields, whose names take part in
/// equality; use <see cref="Schema"/>'s comparison where names inside a type should not matter.
/// </summary>
public abstract record ArrowType
{
    private protected ArrowType()
    {
    }

    public abstract ArrowTypeId Id { get; }

    /// <summary>Fields of a nested type in the order of its child arrays; empty for a flat one.</summary>
    public virtual IReadOnlyList<Field> Children => [];

    /// <summary>Bytes of one value for types whose values lie in one fixed-width buffer; 0 for all others (booleans are bits).</summary>
    public virtual int ByteWidth => 0;

    /// <summary>
    /// The name that messages and descriptions use, such as <c>timestamp[us, UTC]</c> or <c>list&lt;int32 not null&gt;</c>;
    /// see <see cref="TypeNames"/> for its grammar.
    /// </summary>
    public abstract string Name { get; }

    public sealed override string ToString() => Name;
}

public sealed record NullType : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Null;

    public override string Name => "null";
}

public sealed record BooleanType : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Boolean;

    public override string Name => "bool";
}

/// <param name="BitWidth">8, 16, 32 or 64.</param>
/// <param name="IsSigned">Two's complement if true.</param>
public sealed record IntegerType(int BitWidth, bool IsSigned) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Integer;

    public override int ByteWidth => BitWidth / 8;

    public override string Name => (IsSigned ? "int" : "uint") + BitWidth;
}

/// <param name="BitWidth">16, 32 or 64 (IEEE 754).</param>
public sealed record FloatType(int BitWidth) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Float;

    public override int ByteWidth => BitWidth / 8;

    public override string Name => "float" + BitWidth;
}

/// <param name="Precision">Decimal digits.</param>
/// <param name="Scale">Digits right of the point; may be negative.</param>
/// <param name="BitWidth">32, 64, 128 or 256; little-endian two's complement.</param>
public sealed record DecimalType(int Precision, int Scale, int BitWidth) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Decimal;

    public override int ByteWidth => BitWidth / 8;

    public override string Name => $"decimal{BitWidth}({Precision}, {Scale})";
}

/// <summary>Text with 32-bit offsets.</summary>
public sealed record Utf8Type : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Utf8;

    public override string Name => "utf8";
}

/// <summary>Text with 64-bit offsets.</summary>
public sealed record LargeUtf8Type : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.LargeUtf8;

    public override string Name => "large_utf8";
}

/// <summary>Text as 16-byte views into any number of data buffers.</summary>
public sealed record Utf8ViewType : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Utf8View;

    public override string Name => "utf8_view";
}

/// <summary>Bytes with 32-bit offsets.</summary>
public sealed record BinaryType : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Binary;

    public override string Name => "binary";
}

/// <summary>Bytes with 64-bit offsets.</summary>
public sealed record LargeBinaryType : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.LargeBinary;

    public override string Name => "large_binary";
}

/// <summary>Bytes as 16-byte views into any number of data buffers.</summary>
public sealed record BinaryViewType : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.BinaryView;

    public override string Name => "binary_view";
}

/// <param name="Width">Bytes of every value.</param>
public sealed record FixedSizeBinaryType(int Width) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.FixedSizeBinary;

    public override int ByteWidth => Width;

    public override string Name => $"fixed_size_binary[{Width}]";
}

/// <summary>Days (32 bits) or milliseconds (64 bits) since 1970-01-01.</summary>
public sealed record DateType(DateUnit Unit) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Date;

    public override int ByteWidth => Unit == DateUnit.Day ? 4 : 8;

    public override string Name => Unit == DateUnit.Day ? "date32" : "date64";
}

/// <summary>Time of day: 32 bits for seconds and milliseconds, 64 bits for microseconds and nanoseconds.</summary>
public sealed record TimeType(TimeUnit Unit) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Time;

    public override int ByteWidth => Unit is TimeUnit.Second or TimeUnit.Millisecond ? 4 : 8;

    public override string Name => $"time{ByteWidth * 8}[{Unit.Symbol()}]";
}

/// <param name="Unit">The unit of the 64-bit count since 1970-01-01.</param>
/// <param name="TimeZone">Null: local time without a zone. Else values are UTC, shown in this zone.</param>
public sealed record TimestampType(TimeUnit Unit, string? TimeZone) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Timestamp;

    public override int ByteWidth => 8;

    public override string Name => TimeZone is null ? $"timestamp[{Unit.Symbol()}]" : $"timestamp[{Unit.Symbol()}, {TimeZone}]";
}

public sealed record DurationType(TimeUnit Unit) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Duration;

    public override int ByteWidth => 8;

    public override string Name => $"duration[{Unit.Symbol()}]";
}

/// <summary>Months (int32); days and milliseconds (2 x int32); or months, days (2 x int32) and nanoseconds (int64).</summary>
public sealed record IntervalType(IntervalUnit Unit) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Interval;

    public override int ByteWidth => Unit switch { IntervalUnit.YearMonth => 4, IntervalUnit.DayTime => 8, _ => 16 };

    public override string Name => Unit switch
    {
        IntervalUnit.YearMonth => "interval[year_month]",
        IntervalUnit.DayTime => "interval[day_time]",
        _ => "interval[month_day_nano]",
    };
}

/// <summary>Lists with 32-bit offsets into one child.</summary>
public sealed record ListType(Field Element) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.List;

    public override IReadOnlyList<Field> Children => [Element];

    public override string Name => $"list<{TypeNames.Of(Element)}>";
}

/// <summary>Lists with 64-bit offsets into one child.</summary>
public sealed record LargeListType(Field Element) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.LargeList;

    public override IReadOnlyList<Field> Children => [Element];

    public override string Name => $"large_list<{TypeNames.Of(Element)}>";
}

/// <summary>Lists of one length; element j of row i is row i * <paramref name="Size"/> + j of the child.</summary>
public sealed record FixedSizeListType(Field Element, int Size) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.FixedSizeList;

    public override IReadOnlyList<Field> Children => [Element];

    public override string Name => $"fixed_size_list<{TypeNames.Of(Element)}>[{Size}]";
}

public sealed record StructType(IReadOnlyList<Field> Fields) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Struct;

    public override IReadOnlyList<Field> Children => Fields;

    public override string Name => $"struct<{string.Join(", ", Fields)}>";

    public bool Equals(StructType? other) => other is not null && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => Fields.Aggregate(17, HashCode.Combine);
}

/// <summary>Lists (32-bit offsets) of a non-null struct of key and value.</summary>
/// <param name="Entries">A struct field with two children: the key (not null) and the value.</param>
/// <param name="KeysSorted">The writer promises sorted keys in each row.</param>
public sealed record MapType(Field Entries, bool KeysSorted) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Map;

    public override IReadOnlyList<Field> Children => [Entries];

    public override string Name => Entries.Type.Children is [Field key, Field value]
        ? $"map<{key.Type.Name}, {TypeNames.Of(value)}{(KeysSorted ? ", sorted" : "")}>"
        : $"map<{Entries.Type.Name}>";
}

/// <summary>
/// Rows of one of several types each: a type id (the number of the child) and a row of that child. Written only, and no column of a stream: Flight
/// SQL prescribes one for what a server says about itself.
/// </summary>
public sealed record DenseUnionType(IReadOnlyList<Field> Fields) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.DenseUnion;

    public override IReadOnlyList<Field> Children => Fields;

    public override string Name => $"dense_union<{string.Join(", ", Fields)}>";

    public bool Equals(DenseUnionType? other) => other is not null && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => Fields.Aggregate(19, HashCode.Combine);
}

/// <summary>
/// Codes into a dictionary of values. An encoding that arrives and leaves over the wire; streams hold plain values
/// (see <c>DictionaryDecoder</c>).
/// </summary>
public sealed record DictionaryType(IntegerType IndexType, ArrowType ValueType, bool IsOrdered) : ArrowType
{
    public override ArrowTypeId Id => ArrowTypeId.Dictionary;

    public override int ByteWidth => IndexType.ByteWidth;

    public override string Name => $"dictionary<{IndexType.Name}, {ValueType.Name}{(IsOrdered ? ", ordered" : "")}>";
}
