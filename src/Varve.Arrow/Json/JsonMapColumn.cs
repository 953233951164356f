using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads maps from objects, if their keys are text, or from arrays of keys and values.</summary>
internal sealed class JsonMapColumn : JsonColumn
{
    public const string Key = "key";
    public const string Value = "value";

    private readonly MapBuilder _builder;
    private readonly JsonFields _entry;
    private readonly JsonTextColumn? _names;
    private readonly HashSet<string> _seen = [];

    public JsonMapColumn(Field field, MapBuilder builder, string path, JsonPlace place)
        : base(field, builder, path, place)
    {
        _builder = builder;
        IReadOnlyList<Field> entry = field.Type.Children[0].Type.Children;
        Field[] fields = [new(Key, entry[0].Type, isNullable: false), new(Value, entry[1].Type, entry[1].IsNullable)];
        _entry = new JsonFields(fields, [builder.Keys, builder.Values], path + "[]", place);
        _names = _entry.Columns[0] as JsonTextColumn;
    }

    public static bool IsText(ArrowType type) => type.Id is ArrowTypeId.Utf8 or ArrowTypeId.LargeUtf8 or ArrowTypeId.Utf8View;

    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject && _names is not null)
            ReadObject(ref reader, _names);
        else if (reader.TokenType == JsonTokenType.StartArray)
            ReadArray(ref reader);
        else
            throw Fail(ref reader, _names is null ? "an array of {key, value}" : "an object");
        _builder.EndMap();
    }

    private void ReadObject(ref Utf8JsonReader reader, JsonTextColumn names)
    {
        _seen.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (!_seen.Add(Text(ref reader)))
                throw Place.Fail(Path, "each key once", $"{JsonPlace.Show(ref reader)} twice");
            names.Append(ref reader);
            reader.Read();
            _entry.Columns[1].Read(ref reader);
        }
    }

    private void ReadArray(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Place.Fail(Path + "[]", "an object of key and value", JsonPlace.Show(ref reader));
            _entry.Read(ref reader);
        }
    }
}
