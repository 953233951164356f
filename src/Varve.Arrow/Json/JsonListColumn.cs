using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads lists of any kind from arrays.</summary>
internal sealed class JsonListColumn(Field field, ListBuilder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    private readonly JsonColumn _elements = Create(field.Type.Children[0], builder.Elements, path + "[]", place);

    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Fail(ref reader, "an array");
        int before = builder.Elements.Length;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            _elements.Read(ref reader);
        int count = builder.Elements.Length - before;
        if (Type is FixedSizeListType list && count != list.Size)
            throw Place.Fail(Path, $"{MessageText.Cut(Type)}, an array of {list.Size} elements", $"{count} elements");
        builder.EndList();
    }
}
