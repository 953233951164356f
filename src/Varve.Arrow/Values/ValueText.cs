using System.Buffers;
using System.Globalization;
using System.Text;
using Varve.Arrow.Json;

namespace Varve.Arrow.Values;

/// <summary>Values as text for people and CSV: see <see cref="ArrayReader.Format"/>.</summary>
internal static class ValueText
{
    public static string Format(ArrayData array, int row)
    {
        if (ArrayReader.IsNull(array, row))
            return "";
        ArrayReader.Resolve(ref array, ref row);
        return array.Type switch
        {
            BooleanType => ArrayReader.GetBoolean(array, row) ? "true" : "false",
            IntegerType { IsSigned: false } => ArrayReader.GetUInt64(array, row).ToString(CultureInfo.InvariantCulture),
            IntegerType => ArrayReader.GetInt64(array, row).ToString(CultureInfo.InvariantCulture),
            FloatType { BitWidth: 16 } => ArrayReader.Fixed<Half>(array, row).ToString(CultureInfo.InvariantCulture),
            FloatType { BitWidth: 32 } => ArrayReader.Fixed<float>(array, row).ToString(CultureInfo.InvariantCulture),
            FloatType => ArrayReader.Fixed<double>(array, row).ToString(CultureInfo.InvariantCulture),
            DecimalType => ArrayReader.GetDecimal(array, row).ToString(),
            Utf8Type or LargeUtf8Type or Utf8ViewType => ArrayReader.GetString(array, row),
            BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType => Convert.ToHexStringLower(ArrayReader.GetBytes(array, row)),
            IntervalType => ArrayReader.GetInterval(array, row).ToString(),
            DateType or TimeType or TimestampType or DurationType => Temporal(array.Type, ArrayReader.GetInt64(array, row)),
            _ => Nested(array, row),
        };
    }

    /// <summary>The text of a count of a date, time, timestamp or duration type.</summary>
    public static string Temporal(ArrowType type, long count) => type switch
    {
        DateType { Unit: DateUnit.Day } => TemporalText.Date(count),
        DateType => TemporalText.DateMilliseconds(count),
        TimeType time => TemporalText.Time(count, time.Unit),
        TimestampType timestamp => TemporalText.Timestamp(count, timestamp.Unit, timestamp.TimeZone is not null),
        DurationType duration => TemporalText.Duration(count, duration.Unit),
        _ => throw new InvalidOperationException($"a value of {type.Name} is no date or time"),
    };

    private static string Nested(ArrayData array, int row)
    {
        ArrayBufferWriter<byte> buffer = new();
        JsonRows.WriteValue(array, row, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
