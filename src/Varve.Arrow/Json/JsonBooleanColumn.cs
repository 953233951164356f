using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads booleans.</summary>
internal sealed class JsonBooleanColumn(Field field, BooleanBuilder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            throw Fail(ref reader);
        builder.Append(reader.TokenType == JsonTokenType.True);
    }
}
