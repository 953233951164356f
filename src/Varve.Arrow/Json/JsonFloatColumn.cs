using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads floats: the nearest value of the type, and by name what JSON has no number for.</summary>
internal sealed class JsonFloatColumn<T>(Field field, NumberBuilder<T> builder, string path, JsonPlace place)
    : JsonColumn(field, builder, path, place)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    protected override void ReadValue(ref Utf8JsonReader reader) => builder.Append(reader.TokenType switch
    {
        JsonTokenType.Number => Number(ref reader),
        JsonTokenType.String when reader.ValueTextEquals("NaN"u8) => T.NaN,
        JsonTokenType.String when reader.ValueTextEquals("Infinity"u8) => T.PositiveInfinity,
        JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8) => T.NegativeInfinity,
        _ => throw Fail(ref reader, "a number, \"NaN\", \"Infinity\" or \"-Infinity\""),
    });

    private T Number(ref Utf8JsonReader reader) =>
        T.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && T.IsFinite(value)
            ? value
            : throw Fail(ref reader, "a number in range");
}
