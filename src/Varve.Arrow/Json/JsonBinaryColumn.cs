using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads bytes from base64 text.</summary>
internal sealed class JsonBinaryColumn(Field field, ArrayBuilder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || !TryDecode(ref reader, out byte[] bytes))
            throw Fail(ref reader, "base64 text");
        if (Type is FixedSizeBinaryType type && bytes.Length != type.Width)
            throw Fail(ref reader, $"base64 text of {type.Width} bytes");
        Builder.AppendValue(bytes);
    }

    private bool TryDecode(ref Utf8JsonReader reader, out byte[] bytes)
    {
        try
        {
            return reader.TryGetBytesFromBase64(out bytes!);
        }
        catch (InvalidOperationException e)
        {
            throw NotUtf8(ref reader, e);
        }
    }
}
