using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Types;

namespace Varve.Query.Scan.Loading;

/// <summary>
/// The SQL type of each Arrow type. A column is converted only where no value loses anything; where DuckDB has no such type, the view leaves it out.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A timestamp with a zone is a moment: seconds to microseconds become TIMESTAMPTZ; nanoseconds, which that cannot hold, become
/// TIMESTAMP_NS, read in UTC.</item>
/// <item>date64 counts milliseconds and is often used as a timestamp, so it becomes TIMESTAMP_MS, not DATE.</item>
/// <item>A duration becomes INTERVAL; nanoseconds, which that cannot hold, become BIGINT.</item>
/// <item>A decimal needs at most 38 digits; a negative scale is multiplied out.</item>
/// <item>A fixed_size_list becomes ARRAY, or LIST where that would take too much memory (<see cref="ArrayBudget"/>).</item>
/// </list>
/// </remarks>
internal static class ColumnLoaders
{
    private const long DaySeconds = 86_400;

    /// <summary>The loader of a type by itself, or null and why there is none.</summary>
    public static ColumnLoader? TryCreate(ArrowType type, out string? problem) => TryCreate(type, new ArrayBudget(), out problem);

    /// <summary>The loader of a column, or null and why there is none.</summary>
    public static ColumnLoader? TryCreate(ArrowType type, ArrayBudget budget, out string? problem)
    {
        problem = null;
        ColumnLoader? loader = type switch
        {
            NullType => new NullLoader(),
            BooleanType => new BooleanLoader(),
            IntegerType integer => Integer(integer),
            FloatType { BitWidth: 16 } => new HalfLoader(),
            FloatType { BitWidth: 32 } => new FixedLoader(DuckDbTypeId.Float, "FLOAT", 4),
            FloatType => new FixedLoader(DuckDbTypeId.Double, "DOUBLE", 8),
            DecimalType number => Decimal(number),
            Utf8Type => new TextLoader<int>(DuckDbTypeId.Varchar, "VARCHAR"),
            LargeUtf8Type => new TextLoader<long>(DuckDbTypeId.Varchar, "VARCHAR"),
            Utf8ViewType => new ViewLoader(DuckDbTypeId.Varchar, "VARCHAR"),
            BinaryType => new TextLoader<int>(DuckDbTypeId.Blob, "BLOB"),
            LargeBinaryType => new TextLoader<long>(DuckDbTypeId.Blob, "BLOB"),
            BinaryViewType => new ViewLoader(DuckDbTypeId.Blob, "BLOB"),
            FixedSizeBinaryType binary => new FixedBinaryLoader(binary.Width),
            DateType { Unit: DateUnit.Day } => new FixedLoader(DuckDbTypeId.Date, "DATE", 4),
            DateType => new FixedLoader(DuckDbTypeId.TimestampMs, "TIMESTAMP_MS", 8),
            TimeType time => Time(time.Unit),
            TimestampType timestamp => Timestamp(timestamp),
            DurationType { Unit: TimeUnit.Nanosecond } => new FixedLoader(DuckDbTypeId.BigInt, "BIGINT", 8),
            DurationType or IntervalType => new IntervalLoader(type),
            ListType list => TryCreate(list.Element.Type, budget, out problem) is { } element ? new ListLoader<int>(element) : null,
            LargeListType list => TryCreate(list.Element.Type, budget, out problem) is { } element ? new ListLoader<long>(element) : null,
            FixedSizeListType { Size: >= 1 } list => FixedList(list, budget, ref problem),
            StructType record => Struct(record, budget, ref problem),
            MapType map => Map(map, budget, ref problem),
            _ => null,
        };
        if (loader is null)
            problem ??= $"SQL has no type that holds {type.Name}";
        return loader;
    }

    private static FixedLoader Integer(IntegerType type) => (type.BitWidth, type.IsSigned) switch
    {
        (8, true) => new FixedLoader(DuckDbTypeId.TinyInt, "TINYINT", 1),
        (16, true) => new FixedLoader(DuckDbTypeId.SmallInt, "SMALLINT", 2),
        (32, true) => new FixedLoader(DuckDbTypeId.Integer, "INTEGER", 4),
        (64, true) => new FixedLoader(DuckDbTypeId.BigInt, "BIGINT", 8),
        (8, false) => new FixedLoader(DuckDbTypeId.UTinyInt, "UTINYINT", 1),
        (16, false) => new FixedLoader(DuckDbTypeId.USmallInt, "USMALLINT", 2),
        (32, false) => new FixedLoader(DuckDbTypeId.UInteger, "UINTEGER", 4),
        _ => new FixedLoader(DuckDbTypeId.UBigInt, "UBIGINT", 8),
    };

    private static ColumnLoader? Decimal(DecimalType type) => DecimalShape.Of(type) switch
    {
        null => null,
        { Width: <= 4 } shape => new DecimalLoader<short>(type, shape),
        { Width: <= 9 } shape => new DecimalLoader<int>(type, shape),
        { Width: <= 18 } shape => new DecimalLoader<long>(type, shape),
        var shape => new DecimalLoader<Int128>(type, shape),
    };

    private static ColumnLoader Time(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => new ScaledLoader<int>(DuckDbTypeId.Time, "TIME", 1_000_000, 0, DaySeconds),
        TimeUnit.Millisecond => new ScaledLoader<int>(DuckDbTypeId.Time, "TIME", 1000, 0, DaySeconds * 1000),
        TimeUnit.Microsecond => new ScaledLoader<long>(DuckDbTypeId.Time, "TIME", 1, 0, DaySeconds * 1_000_000),
        _ => new ScaledLoader<long>(DuckDbTypeId.TimeNs, "TIME_NS", 1, 0, DaySeconds * 1_000_000_000),
    };

    private static ColumnLoader Timestamp(TimestampType type) => (type.Unit, type.TimeZone) switch
    {
        (TimeUnit.Second, null) => new FixedLoader(DuckDbTypeId.TimestampS, "TIMESTAMP_S", 8),
        (TimeUnit.Millisecond, null) => new FixedLoader(DuckDbTypeId.TimestampMs, "TIMESTAMP_MS", 8),
        (TimeUnit.Microsecond, null) => new FixedLoader(DuckDbTypeId.Timestamp, "TIMESTAMP", 8),
        (TimeUnit.Nanosecond, _) => new FixedLoader(DuckDbTypeId.TimestampNs, "TIMESTAMP_NS", 8),
        (TimeUnit.Second, _) => Moment(1_000_000),
        (TimeUnit.Millisecond, _) => Moment(1000),
        _ => new FixedLoader(DuckDbTypeId.TimestampTz, "TIMESTAMP WITH TIME ZONE", 8),
    };

    private static ScaledLoader<long> Moment(long factor) =>
        new(DuckDbTypeId.TimestampTz, "TIMESTAMP WITH TIME ZONE", factor, long.MinValue / factor, long.MaxValue / factor);

    private static ColumnLoader? FixedList(FixedSizeListType type, ArrayBudget budget, ref string? problem)
    {
        if (TryCreate(type.Element.Type, budget, out problem) is not { } element)
            return null;
        return budget.TryTake((long)type.Size * element.RowBytes)
            ? new FixedListLoader(element, type.Size)
            : new FixedListAsListLoader(element, type.Size);
    }

    private static StructLoader? Struct(StructType type, ArrayBudget budget, ref string? problem)
    {
        string[] names = [.. type.Fields.Select(f => f.Name)];
        if (names.Length == 0)
            problem = "SQL has no struct without fields";
        else if (names.Any(n => n.Length == 0))
            problem = "a field of the struct has no name";
        else if (names.Any(n => n.Contains('\0')))
            problem = "the name of a field of the struct holds a NUL";
        else if (names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length)
            problem = "fields of the struct differ only in the case of their names";
        if (problem is not null)
            return null;
        var fields = new ColumnLoader[names.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            if (TryCreate(type.Fields[i].Type, budget, out problem) is not { } field)
            {
                problem = $"field '{names[i]}': {problem}";
                return null;
            }

            fields[i] = field;
        }

        return new StructLoader(names, fields);
    }

    private static MapLoader? Map(MapType type, ArrayBudget budget, ref string? problem)
    {
        IReadOnlyList<Field> entry = type.Entries.Type.Children;
        return TryCreate(entry[0].Type, budget, out problem) is { } key && TryCreate(entry[1].Type, budget, out problem) is { } value
            ? new MapLoader(key, value)
            : null;
    }
}
