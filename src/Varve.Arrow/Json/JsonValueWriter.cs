using System.Globalization;
using System.Text.Json;
using Varve.Arrow.Values;

namespace Varve.Arrow.Json;

/// <summary>Writes single values as the table of <see cref="JsonRows"/> says.</summary>
internal static class JsonValueWriter
{
    public static void Write(ArrayData array, int row, Utf8JsonWriter writer)
    {
        if (ArrayReader.IsNull(array, row))
        {
            writer.WriteNullValue();
            return;
        }

        ArrayReader.Resolve(ref array, ref row);
        switch (array.Type)
        {
            case BooleanType:
                writer.WriteBooleanValue(ArrayReader.GetBoolean(array, row));
                break;
            case IntegerType { IsSigned: false }:
                writer.WriteNumberValue(ArrayReader.GetUInt64(array, row));
                break;
            case IntegerType or DurationType:
                writer.WriteNumberValue(ArrayReader.GetInt64(array, row));
                break;
            case FloatType type:
                Float(array, row, type, writer);
                break;
            case DecimalType:
                writer.WriteStringValue(ArrayReader.GetDecimal(array, row).ToString());
                break;
            case Utf8Type or LargeUtf8Type or Utf8ViewType:
                writer.WriteStringValue(ArrayReader.GetBytes(array, row));
                break;
            case BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType:
                writer.WriteBase64StringValue(ArrayReader.GetBytes(array, row));
                break;
            case DateType or TimeType or TimestampType:
                writer.WriteStringValue(ValueText.Temporal(array.Type, ArrayReader.GetInt64(array, row)));
                break;
            case IntervalType type:
                Interval(ArrayReader.GetInterval(array, row), type, writer);
                break;
            case StructType type:
                Struct(array, row, type, writer);
                break;
            case MapType:
                Map(ArrayReader.GetElements(array, row), writer);
                break;
            default:
                List(ArrayReader.GetElements(array, row), writer);
                break;
        }
    }

    private static void Float(ArrayData array, int row, FloatType type, Utf8JsonWriter writer)
    {
        double value = ArrayReader.GetDouble(array, row);
        if (!double.IsFinite(value))
            writer.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        else if (type.BitWidth == 64)
            writer.WriteNumberValue(value);
        else if (type.BitWidth == 32)
            writer.WriteNumberValue((float)value);
        else
            writer.WriteRawValue(((Half)value).ToString(CultureInfo.InvariantCulture), skipInputValidation: true);
    }

    private static void Interval(IntervalValue value, IntervalType type, Utf8JsonWriter writer)
    {
        if (type.Unit == IntervalUnit.YearMonth)
        {
            writer.WriteNumberValue(value.Months);
            return;
        }

        writer.WriteStartObject();
        if (type.Unit == IntervalUnit.MonthDayNano)
            writer.WriteNumber(JsonIntervalColumn.Months, value.Months);
        writer.WriteNumber(JsonIntervalColumn.Days, value.Days);
        if (type.Unit == IntervalUnit.MonthDayNano)
            writer.WriteNumber(JsonIntervalColumn.Nanoseconds, value.Nanoseconds);
        else
            writer.WriteNumber(JsonIntervalColumn.Milliseconds, value.Nanoseconds / IntervalValue.NanosecondsPerMillisecond);
        writer.WriteEndObject();
    }

    private static void Struct(ArrayData array, int row, StructType type, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        for (int i = 0; i < array.Children.Length; i++)
        {
            writer.WritePropertyName(type.Fields[i].Name);
            Write(array.Children[i], array.Offset + row, writer);
        }

        writer.WriteEndObject();
    }

    private static void List(ArrayData elements, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        for (int i = 0; i < elements.Length; i++)
            Write(elements, i, writer);
        writer.WriteEndArray();
    }

    private static void Map(ArrayData entries, Utf8JsonWriter writer)
    {
        (ArrayData keys, ArrayData values) = (entries.Children[0], entries.Children[1]);
        bool isObject = HaveDistinctNames(keys, entries.Offset, entries.Length);
        if (isObject)
            writer.WriteStartObject();
        else
            writer.WriteStartArray();
        for (int i = entries.Offset; i < entries.Offset + entries.Length; i++)
        {
            if (isObject)
            {
                writer.WritePropertyName(ArrayReader.GetBytes(keys, i));
                Write(values, i, writer);
                continue;
            }

            writer.WriteStartObject();
            writer.WritePropertyName(JsonMapColumn.Key);
            Write(keys, i, writer);
            writer.WritePropertyName(JsonMapColumn.Value);
            Write(values, i, writer);
            writer.WriteEndObject();
        }

        if (isObject)
            writer.WriteEndObject();
        else
            writer.WriteEndArray();
    }

    private static bool HaveDistinctNames(ArrayData keys, int start, int count)
    {
        if (!JsonMapColumn.IsText(keys.Type))
            return false;
        HashSet<string> seen = [];
        for (int i = start; i < start + count; i++)
        {
            if (!seen.Add(ArrayReader.GetString(keys, i)))
                return false;
        }

        return true;
    }
}
