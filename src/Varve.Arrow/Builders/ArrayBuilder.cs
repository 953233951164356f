namespace Varve.Arrow.Builders;

/// <summary>
/// Makes an array value by value: for clients, tools and tests. Each type has its own builder with typed <c>Append</c> methods.
/// Used by one thread.
/// </summary>
public abstract class ArrayBuilder
{
    private readonly BuilderBits _validity = new();
    private int _nullCount;

    private protected ArrayBuilder(ArrowType type) => Type = type;

    public ArrowType Type { get; }

    /// <summary>Rows appended since the last <see cref="Build"/>.</summary>
    public int Length { get; private set; }

    public static ArrayBuilder Create(ArrowType type) => type switch
    {
        NullType => new NullBuilder(),
        BooleanType => new BooleanBuilder(),
        IntegerType integer => Integer(integer),
        FloatType { BitWidth: 16 } => new Float16Builder(),
        FloatType { BitWidth: 32 } => new Float32Builder(),
        FloatType => new Float64Builder(),
        DecimalType number => new DecimalBuilder(number),
        Utf8Type or LargeUtf8Type or Utf8ViewType => new Utf8Builder(type),
        BinaryType or LargeBinaryType or BinaryViewType => new BinaryBuilder(type),
        FixedSizeBinaryType binary => new FixedSizeBinaryBuilder(binary),
        DateType date => new DateBuilder(date),
        TimeType time => new TimeBuilder(time),
        TimestampType timestamp => new TimestampBuilder(timestamp),
        DurationType duration => new DurationBuilder(duration),
        IntervalType interval => new IntervalBuilder(interval),
        ListType or LargeListType or FixedSizeListType => new ListBuilder(type),
        StructType structure => new StructBuilder(structure),
        MapType map => new MapBuilder(map),
        DictionaryType dictionary => new DictionaryBuilder(dictionary),
        _ => throw new ArgumentException($"no builder for {type.Name}"),
    };

    public void AppendNull()
    {
        AppendEmpty();
        _validity.Append(false);
        _nullCount++;
        Length++;
    }

    /// <summary>
    /// Appends null, or an object that fits without loss: what <see cref="Values.ArrayReader.GetValue"/> returns for the type, other numbers
    /// in range, text of decimals and times, .NET's types of dates and times, enumerations of elements, dictionaries of fields.
    /// </summary>
    /// <exception cref="ArgumentException">The object does not fit the type. Of a nested value, parts may have been appended.</exception>
    public void AppendValue(object? value)
    {
        if (value is null)
            AppendNull();
        else
            AppendObject(value);
    }

    /// <summary>The rows as an array. The builder is empty afterwards and can be used again.</summary>
    public ArrayData Build()
    {
        ReadOnlyMemory<byte> validity = _validity.Take();
        ArrayData built = BuildRows(Length, _nullCount == 0 ? default : validity, _nullCount);
        Length = 0;
        _nullCount = 0;
        return built;
    }

    /// <summary>Writes what stands in the buffers and children below a null.</summary>
    private protected abstract void AppendEmpty();

    private protected abstract void AppendObject(object value);

    private protected abstract ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount);

    /// <summary>Counts the value that was just written.</summary>
    private protected void Added()
    {
        _validity.Append(true);
        Length++;
    }

    private protected ArgumentException Misfit(object value, string? why = null)
    {
        string shown = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
        string expected = why is null ? "" : ": expected " + why;
        return new ArgumentException($"{value.GetType().Name} '{MessageText.Cut(shown)}' does not fit {MessageText.Cut(Type)}{expected}");
    }

    private static ArrayBuilder Integer(IntegerType type) => (type.BitWidth, type.IsSigned) switch
    {
        (8, true) => new Int8Builder(),
        (16, true) => new Int16Builder(),
        (32, true) => new Int32Builder(),
        (64, true) => new Int64Builder(),
        (8, false) => new UInt8Builder(),
        (16, false) => new UInt16Builder(),
        (32, false) => new UInt32Builder(),
        _ => new UInt64Builder(),
    };
}
