using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Json;

/// <summary>Reads integers without a point or exponent; those of 64 bits also as text, since many programs keep numbers as doubles.</summary>
internal sealed class JsonIntegerColumn<T>(Field field, NumberBuilder<T> builder, string path, JsonPlace place)
    : JsonColumn(field, builder, path, place)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        bool mayBe = reader.TokenType == JsonTokenType.Number || (reader.TokenType == JsonTokenType.String && Type.ByteWidth == 8);
        if (!mayBe || !T.TryParse(reader.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T value))
            throw Fail(ref reader, $"an integer from {T.MinValue} to {T.MaxValue}");
        builder.Append(value);
    }
}
