using System.Text.Json;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>Builds our schema from the form that Arrow's integration tests write as JSON.</summary>
internal static class GoldenSchema
{
    public static Schema Parse(JsonElement schema) => new([.. schema.GetProperty("fields").EnumerateArray().Select(Field)], Metadata(schema));

    /// <summary>The same schema with a map's entries, key and value named as usual: the format gives those names no meaning.</summary>
    public static Schema WithUsualMapNames(Schema schema) => new([.. schema.Fields.Select(WithUsualMapNames)], schema.Metadata);

    public static Dictionary<string, string> Metadata(JsonElement owner)
    {
        var metadata = new Dictionary<string, string>();
        if (owner.TryGetProperty("metadata", out JsonElement pairs))
        {
            foreach (JsonElement pair in pairs.EnumerateArray())
                metadata[pair.GetProperty("key").GetString()!] = pair.GetProperty("value").GetString()!;
        }

        return metadata;
    }

    /// <summary>The JSON of a field's children; those of a dictionary's values where it is one.</summary>
    public static JsonElement[] Children(JsonElement field) => [.. field.GetProperty("children").EnumerateArray()];

    private static Field WithUsualMapNames(Field field)
    {
        if (field.Type is not MapType map)
            return field;
        IReadOnlyList<Field> pair = map.Entries.Type.Children;
        var entries = new StructType([new Field("key", pair[0].Type, pair[0].IsNullable), new Field("value", pair[1].Type, pair[1].IsNullable)]);
        var type = new MapType(new Field("entries", entries, map.Entries.IsNullable), map.KeysSorted);
        return new Field(field.Name, type, field.IsNullable, field.Metadata);
    }

    private static Field Field(JsonElement field)
    {
        ArrowType type = Type(field);
        long? id = null;
        if (field.TryGetProperty("dictionary", out JsonElement dictionary))
        {
            id = dictionary.GetProperty("id").GetInt64();
            type = new DictionaryType(Integer(dictionary.GetProperty("indexType")), type, dictionary.GetProperty("isOrdered").GetBoolean());
        }

        string name = field.GetProperty("name").GetString()!;
        return new Field(name, type, field.GetProperty("nullable").GetBoolean(), Metadata(field)) { DictionaryId = id };
    }

    private static ArrowType Type(JsonElement field)
    {
        JsonElement type = field.GetProperty("type");
        Field[] children = [.. Children(field).Select(Field)];
        string name = type.GetProperty("name").GetString()!;
        return name switch
        {
            "null" => ArrowTypes.Null,
            "bool" => ArrowTypes.Boolean,
            "int" => Integer(type),
            "floatingpoint" => new FloatType(type.GetProperty("precision").GetString() switch { "HALF" => 16, "SINGLE" => 32, _ => 64 }),
            "decimal" => Decimal(type),
            "utf8" => ArrowTypes.Utf8,
            "largeutf8" => ArrowTypes.LargeUtf8,
            "utf8view" => ArrowTypes.Utf8View,
            "binary" => ArrowTypes.Binary,
            "largebinary" => ArrowTypes.LargeBinary,
            "binaryview" => ArrowTypes.BinaryView,
            "fixedsizebinary" => new FixedSizeBinaryType(type.GetProperty("byteWidth").GetInt32()),
            "date" => type.GetProperty("unit").GetString() == "DAY" ? ArrowTypes.Date32 : ArrowTypes.Date64,
            "time" => new TimeType(Unit(type)),
            "timestamp" => new TimestampType(Unit(type), type.TryGetProperty("timezone", out JsonElement zone) ? zone.GetString() : null),
            "duration" => new DurationType(Unit(type)),
            "interval" => new IntervalType(Interval(type)),
            "list" => new ListType(children[0]),
            "largelist" => new LargeListType(children[0]),
            "fixedsizelist" => new FixedSizeListType(children[0], type.GetProperty("listSize").GetInt32()),
            "struct" => new StructType(children),
            "map" => new MapType(children[0], type.GetProperty("keysSorted").GetBoolean()),
            _ => throw new NotSupportedException($"the golden JSON has the type {name}"),
        };
    }

    private static IntegerType Integer(JsonElement type) => new(type.GetProperty("bitWidth").GetInt32(), type.GetProperty("isSigned").GetBoolean());

    private static DecimalType Decimal(JsonElement type) => new(
        type.GetProperty("precision").GetInt32(),
        type.GetProperty("scale").GetInt32(),
        type.TryGetProperty("bitWidth", out JsonElement bits) ? bits.GetInt32() : 128);

    private static TimeUnit Unit(JsonElement type) => type.GetProperty("unit").GetString() switch
    {
        "SECOND" => TimeUnit.Second,
        "MILLISECOND" => TimeUnit.Millisecond,
        "MICROSECOND" => TimeUnit.Microsecond,
        _ => TimeUnit.Nanosecond,
    };

    private static IntervalUnit Interval(JsonElement type) => type.GetProperty("unit").GetString() switch
    {
        "YEAR_MONTH" => IntervalUnit.YearMonth,
        "DAY_TIME" => IntervalUnit.DayTime,
        _ => IntervalUnit.MonthDayNano,
    };
}
