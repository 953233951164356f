using System.Text.Json;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Arrow.Json;

/// <summary>Reads intervals: a number of months, or an object of the unit's parts.</summary>
internal sealed class JsonIntervalColumn(Field field, IntervalBuilder builder, string path, JsonPlace place) : JsonColumn(field, builder, path, place)
{
    public const string Months = "months";
    public const string Days = "days";
    public const string Milliseconds = "milliseconds";
    public const string Nanoseconds = "nanoseconds";

    private readonly JsonFields? _parts = Parts(((IntervalType)field.Type).Unit) is { Length: > 0 } parts ? new JsonFields(parts, path, place) : null;

    protected override void ReadValue(ref Utf8JsonReader reader)
    {
        if (_parts is null)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int months))
                throw Fail(ref reader, "a number of months");
            builder.Append(new IntervalValue(months, 0, 0));
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fail(ref reader, "an object");
        _parts.Read(ref reader);
        long[] values = [.. _parts.Columns.Select(c => ArrayReader.GetInt64(c.Build(), 0))];
        builder.Append(values.Length == 2
            ? new IntervalValue(0, (int)values[0], values[1] * IntervalValue.NanosecondsPerMillisecond)
            : new IntervalValue((int)values[0], (int)values[1], values[2]));
    }

    private static Field[] Parts(IntervalUnit unit) => unit switch
    {
        IntervalUnit.YearMonth => [],
        IntervalUnit.DayTime => [new Field(Days, ArrowTypes.Int32, false), new Field(Milliseconds, ArrowTypes.Int32, false)],
        _ => [new Field(Months, ArrowTypes.Int32, false), new Field(Days, ArrowTypes.Int32, false), new Field(Nanoseconds, ArrowTypes.Int64, false)],
    };
}
