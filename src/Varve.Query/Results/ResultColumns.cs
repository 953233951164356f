using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>Which Arrow type a SQL type leaves as.</summary>
/// <remarks>
/// HUGEINT and UHUGEINT (the sum of integers) leave as decimal128(38, 0), every DECIMAL as decimal128, UUID and ENUM as utf8. Types
/// that Arrow cannot hold without loss (TIME WITH TIME ZONE, UNION, BIT, BIGNUM, VARIANT, GEOMETRY) are refused by name.
/// </remarks>
internal static class ResultColumns
{
    /// <summary>The zone in which TIMESTAMP WITH TIME ZONE is shown: every session's own.</summary>
    private static readonly TimestampType TimestampTz = ArrowTypes.TimestampMicrosUtc;

    /// <param name="name">The column's name, for the error.</param>
    /// <param name="type">Its SQL type; stays the caller's.</param>
    /// <exception cref="QueryException">The type cannot leave as Arrow.</exception>
    public static ResultColumn Create(string name, LogicalTypeHandle type)
    {
        DuckDbTypeId id = DuckDbApi.duckdb_get_type_id(type);
        return id switch
        {
            DuckDbTypeId.Boolean => new BooleanColumn(),
            DuckDbTypeId.Decimal => CreateDecimal(type),
            DuckDbTypeId.HugeInt => new ConvertedColumn<Int128, Int128, HugeIntConverter>(new DecimalType(38, 0, 128)),
            DuckDbTypeId.UHugeInt => new ConvertedColumn<UInt128, Int128, UHugeIntConverter>(new DecimalType(38, 0, 128)),
            DuckDbTypeId.Interval => new ConvertedColumn<NativeInterval, IntervalConverter.MonthDayNano, IntervalConverter>(
                new IntervalType(IntervalUnit.MonthDayNano)),
            DuckDbTypeId.Varchar => new TextColumn(ArrowTypes.Utf8),
            DuckDbTypeId.Blob => new TextColumn(ArrowTypes.Binary),
            DuckDbTypeId.Uuid => new UuidColumn(),
            DuckDbTypeId.Enum => new EnumColumn(type),
            DuckDbTypeId.List => CreateList(name, type),
            DuckDbTypeId.Map => CreateMap(name, type),
            DuckDbTypeId.Array => CreateArray(name, type),
            DuckDbTypeId.Struct => CreateStruct(name, type),
            _ => FixedType(id) is { } fixedType ? new FixedColumn(fixedType) : throw Unsupported(name, id),
        };
    }

    private static ArrowType? FixedType(DuckDbTypeId id) => id switch
    {
        DuckDbTypeId.TinyInt => ArrowTypes.Int8,
        DuckDbTypeId.SmallInt => ArrowTypes.Int16,
        DuckDbTypeId.Integer or DuckDbTypeId.SqlNull => ArrowTypes.Int32,
        DuckDbTypeId.BigInt => ArrowTypes.Int64,
        DuckDbTypeId.UTinyInt => ArrowTypes.UInt8,
        DuckDbTypeId.USmallInt => ArrowTypes.UInt16,
        DuckDbTypeId.UInteger => ArrowTypes.UInt32,
        DuckDbTypeId.UBigInt => ArrowTypes.UInt64,
        DuckDbTypeId.Float => ArrowTypes.Float32,
        DuckDbTypeId.Double => ArrowTypes.Float64,
        DuckDbTypeId.Date => ArrowTypes.Date32,
        DuckDbTypeId.Time => new TimeType(TimeUnit.Microsecond),
        DuckDbTypeId.TimeNs => new TimeType(TimeUnit.Nanosecond),
        DuckDbTypeId.TimestampS => new TimestampType(TimeUnit.Second, null),
        DuckDbTypeId.TimestampMs => new TimestampType(TimeUnit.Millisecond, null),
        DuckDbTypeId.Timestamp => new TimestampType(TimeUnit.Microsecond, null),
        DuckDbTypeId.TimestampNs => new TimestampType(TimeUnit.Nanosecond, null),
        DuckDbTypeId.TimestampTz => TimestampTz,
        _ => null,
    };

    private static ResultColumn CreateDecimal(LogicalTypeHandle type)
    {
        var arrow = new DecimalType(DuckDbApi.duckdb_decimal_width(type), DuckDbApi.duckdb_decimal_scale(type), 128);
        return DuckDbApi.duckdb_decimal_internal_type(type) switch
        {
            DuckDbTypeId.SmallInt => new ConvertedColumn<short, Int128, DecimalConverter<short>>(arrow),
            DuckDbTypeId.Integer => new ConvertedColumn<int, Int128, DecimalConverter<int>>(arrow),
            DuckDbTypeId.BigInt => new ConvertedColumn<long, Int128, DecimalConverter<long>>(arrow),
            _ => new FixedColumn(arrow),
        };
    }

    private static ListColumn CreateList(string name, LogicalTypeHandle type)
    {
        using LogicalTypeHandle elementType = DuckDbApi.duckdb_list_type_child_type(type);
        ResultColumn element = Create(name, elementType);
        return new ListColumn(new ListType(new Field("item", element.Type)), element);
    }

    private static ListColumn CreateMap(string name, LogicalTypeHandle type)
    {
        using LogicalTypeHandle keyType = DuckDbApi.duckdb_map_type_key_type(type);
        using LogicalTypeHandle valueType = DuckDbApi.duckdb_map_type_value_type(type);
        ResultColumn key = Create(name, keyType);
        ResultColumn value = Create(name, valueType);
        var entries = new StructType([new Field("key", key.Type, isNullable: false), new Field("value", value.Type)]);
        var map = new MapType(new Field("entries", entries, isNullable: false), KeysSorted: false);
        return new ListColumn(map, new StructColumn(entries, [key, value]));
    }

    private static ArrayColumn CreateArray(string name, LogicalTypeHandle type)
    {
        using LogicalTypeHandle elementType = DuckDbApi.duckdb_array_type_child_type(type);
        ResultColumn element = Create(name, elementType);
        int size = (int)DuckDbApi.duckdb_array_type_array_size(type);
        return new ArrayColumn(new FixedSizeListType(new Field("item", element.Type), size), element, size);
    }

    private static unsafe StructColumn CreateStruct(string name, LogicalTypeHandle type)
    {
        int count = (int)DuckDbApi.duckdb_struct_type_child_count(type);
        var fields = new Field[count];
        var children = new ResultColumn[count];
        for (int i = 0; i < count; i++)
        {
            string childName = NativeText.Take(DuckDbApi.duckdb_struct_type_child_name(type, (ulong)i));
            using LogicalTypeHandle childType = DuckDbApi.duckdb_struct_type_child_type(type, (ulong)i);
            children[i] = Create(name, childType);
            fields[i] = new Field(childName, children[i].Type);
        }

        return new StructColumn(new StructType(fields), children);
    }

    private static QueryException Unsupported(string name, DuckDbTypeId id) => new(
        QueryErrorCode.Unsupported,
        $"column '{name}' of the result has the type {SqlName(id)}, which cannot leave as Arrow: cast it, for example to VARCHAR");

    private static string SqlName(DuckDbTypeId id) => id switch
    {
        DuckDbTypeId.TimeTz => "TIME WITH TIME ZONE",
        _ => id.ToString().ToUpperInvariant(),
    };
}
