using System.Text.Json;
using System.Text.Unicode;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads text.</summary>
internal sealed class JsonTextColumn(Field field, Utf8Builder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    /// <summary>Appends the text of a string or of a name.</summary>
    public void Append(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> raw = reader.ValueSpan;
        if (!Utf8.IsValid(raw))
            throw NotUtf8(ref reader);
        if (!reader.ValueIsEscaped)
        {
            builder.AppendBytes(raw);
            return;
        }

        byte[] text = new byte[raw.Length];
        try
        {
            builder.AppendBytes(text.AsSpan(0, reader.CopyString(text)));
        }
        catch (InvalidOperationException e)
        {
            throw NotUtf8(ref reader, e);
        }
    }

    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Fail(ref reader);
        Append(ref reader);
    }
}
