using Varve.Arrow;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>The SQL name of a result column's type, as tools show it.</summary>
internal static class SqlTypeName
{
    public static string Of(ArrowType type) => type switch
    {
        BooleanType => "BOOLEAN",
        IntegerType integer => (integer.IsSigned ? "" : "U") + integer.BitWidth switch { 8 => "TINYINT", 16 => "SMALLINT", 32 => "INTEGER", _ => "BIGINT" },
        FloatType floating => floating.BitWidth == 64 ? "DOUBLE" : "FLOAT",
        DecimalType number => $"DECIMAL({number.Precision},{number.Scale})",
        Utf8Type or LargeUtf8Type or Utf8ViewType => "VARCHAR",
        BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType => "BLOB",
        DateType => "DATE",
        TimeType => "TIME",
        TimestampType timestamp => timestamp.TimeZone is null ? "TIMESTAMP" : "TIMESTAMP WITH TIME ZONE",
        DurationType or IntervalType => "INTERVAL",
        ListType or LargeListType => Of(type.Children[0].Type) + "[]",
        FixedSizeListType list => $"{Of(list.Element.Type)}[{list.Size}]",
        StructType row => $"STRUCT({string.Join(", ", row.Fields.Select(f => $"{f.Name} {Of(f.Type)}"))})",
        MapType map => $"MAP({Of(map.Entries.Type.Children[0].Type)}, {Of(map.Entries.Type.Children[1].Type)})",
        DictionaryType dictionary => Of(dictionary.ValueType),
        _ => "\"NULL\"",
    };
}
