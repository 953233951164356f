using System.Text.Json;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Arrow.Json;

/// <summary>Reads dates, times and timestamps from ISO 8601 text, and these and durations from the count in their unit.</summary>
internal sealed class JsonTemporalColumn(Field field, CountBuilder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    private readonly (long Min, long Max) _range = field.Type switch
    {
        TimeType time => (0, time.Unit.PerDay() - 1),
        { ByteWidth: 4 } => (int.MinValue, int.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out long count) || count < _range.Min || count > _range.Max)
                throw Fail(ref reader, $"a count from {_range.Min} to {_range.Max}");
            builder.Append(count);
            return;
        }

        if (reader.TokenType != JsonTokenType.String || Type is DurationType)
            throw Fail(ref reader, Type is DurationType ? "a number" : "ISO 8601 text or a number");
        if (TemporalParser.Count(Type, Text(ref reader), out long parsed) is { } expected)
            throw Fail(ref reader, expected);
        builder.Append(parsed);
    }
}
