using System.Text.Json;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Arrow.Json;

/// <summary>Reads decimals from text or numbers, digit by digit.</summary>
internal sealed class JsonDecimalColumn(Field field, DecimalBuilder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    private readonly DecimalType _type = (DecimalType)field.Type;

    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        string? text = reader.TokenType switch
        {
            JsonTokenType.String => Text(ref reader),
            JsonTokenType.Number => System.Text.Encoding.ASCII.GetString(reader.ValueSpan),
            _ => null,
        };
        if (text is null || !DecimalValue.TryParse(text, out DecimalValue value) || !builder.TryAppend(value))
            throw Fail(ref reader, $"a number of at most {_type.Precision} digits, {_type.Scale} of them behind the point");
    }
}
