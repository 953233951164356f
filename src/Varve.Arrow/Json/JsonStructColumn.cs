using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads structs from objects.</summary>
internal sealed class JsonStructColumn(Field field, StructBuilder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    private readonly JsonFields _fields = new(field.Type.Children, builder.Fields, path, place);

    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fail(ref reader, "an object");
        _fields.Read(ref reader);
        builder.EndStruct();
    }
}
