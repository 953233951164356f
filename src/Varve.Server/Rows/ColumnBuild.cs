using System.Buffers;
using System.Collections;
using System.Numerics;
using System.Text.Json;
using Google.Protobuf.Collections;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Json;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Form = Varve.Protocol.V1.ColumnValues.ValuesOneofCase;

namespace Varve.Server.Rows;

/// <summary>Makes an array of one typed column of schema.proto. Values must fit exactly: nothing is cut, and only floats are rounded.</summary>
internal static class ColumnBuild
{
    public static int CountOf(ColumnValues column) => column.ValuesCase switch
    {
        Form.Bools => column.Bools.Values.Count,
        Form.Ints => column.Ints.Values.Count,
        Form.Uints => column.Uints.Values.Count,
        Form.Doubles => column.Doubles.Values.Count,
        Form.Strings => column.Strings.Values.Count,
        Form.Bytes => column.Bytes.Values.Count,
        Form.Json => column.Json.Values.Count,
        _ => 0,
    };

    /// <summary>The form of the values as the protocol names it.</summary>
    public static string FormOf(ColumnValues column) =>
        column.ValuesCase == Form.None ? "no values" : column.ValuesCase.ToString().ToLowerInvariant();

    /// <param name="field">The stream's column.</param>
    /// <param name="column">One value for each row.</param>
    /// <param name="nulls">The rows whose value does not count.</param>
    /// <param name="bytesMax">What values in JSON may take, which can be far more than their text does.</param>
    /// <returns>Null where values of this form are no values of the type.</returns>
    /// <exception cref="ArgumentException">A value does not fit; the message has its row.</exception>
    public static ArrayData? Build(Field field, ColumnValues column, BitArray nulls, long bytesMax)
    {
        if (column.ValuesCase == Form.Json)
            return BuildJson(field, column.Json.Values, nulls, bytesMax);
        var builder = ArrayBuilder.Create(field.Type);
        if (Appender(builder, column) is not { } append)
            return null;
        for (int row = 0; row < nulls.Length; row++)
        {
            if (nulls[row])
                builder.AppendNull();
            else
                Append(append, row);
        }

        return builder.Build();
    }

    private static void Append(Action<int> append, int row)
    {
        try
        {
            append(row);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new ArgumentException($"row {row}: {e.Message}", e);
        }
    }

    /// <summary>What appends the value of a row; null where the form does not suit the builder's type.</summary>
    private static Action<int>? Appender(ArrayBuilder builder, ColumnValues column) => (builder, column.ValuesCase) switch
    {
        (_, Form.None) => _ => builder.AppendNull(),
        (BooleanBuilder b, Form.Bools) => row => b.Append(column.Bools.Values[row]),
        (CountBuilder b, Form.Ints) => row => b.Append(column.Ints.Values[row]),
        (_, Form.Ints) => Integer(builder, column.Ints.Values),
        (_, Form.Uints) => Integer(builder, column.Uints.Values),
        (Float16Builder b, Form.Doubles) => row => b.Append(Narrow<Half>(column.Doubles.Values[row])),
        (Float32Builder b, Form.Doubles) => row => b.Append(Narrow<float>(column.Doubles.Values[row])),
        (Float64Builder b, Form.Doubles) => row => b.Append(column.Doubles.Values[row]),
        (Utf8Builder b, Form.Strings) => row => b.Append(column.Strings.Values[row]),
        (DecimalBuilder b, Form.Strings) => row => b.Append(Decimal(column.Strings.Values[row])),
        (BinaryBuilder b, Form.Bytes) => row => b.Append(column.Bytes.Values[row].Span),
        (FixedSizeBinaryBuilder b, Form.Bytes) => row => b.Append(column.Bytes.Values[row].Span),
        _ => null,
    };

    private static Action<int>? Integer<T>(ArrayBuilder builder, IReadOnlyList<T> values)
        where T : unmanaged, INumber<T>
    {
        return builder switch
        {
            Int8Builder b => row => b.Append(sbyte.CreateChecked(values[row])),
            Int16Builder b => row => b.Append(short.CreateChecked(values[row])),
            Int32Builder b => row => b.Append(int.CreateChecked(values[row])),
            Int64Builder b => row => b.Append(long.CreateChecked(values[row])),
            UInt8Builder b => row => b.Append(byte.CreateChecked(values[row])),
            UInt16Builder b => row => b.Append(ushort.CreateChecked(values[row])),
            UInt32Builder b => row => b.Append(uint.CreateChecked(values[row])),
            UInt64Builder b => row => b.Append(ulong.CreateChecked(values[row])),
            _ => null,
        };
    }

    private static T Narrow<T>(double value)
        where T : unmanaged, IFloatingPoint<T>
    {
        var narrow = T.CreateChecked(value);
        return T.IsInfinity(narrow) && !double.IsInfinity(value) ? throw new OverflowException($"{value} is out of range") : narrow;
    }

    private static DecimalValue Decimal(string text) =>
        DecimalValue.TryParse(text, out DecimalValue value) ? value : throw new ArgumentException($"'{text}' is no decimal number");

    /// <summary>
    /// Each value becomes a row of one column, for the reader of JSON rows; the writer sees to it that each is one whole value. The column goes
    /// without its name, which would be written again for every row.
    /// </summary>
    private static ArrayData BuildJson(Field field, RepeatedField<string> values, BitArray nulls, long bytesMax)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = 128 }))
        {
            writer.WriteStartArray();
            for (int row = 0; row < values.Count; row++)
            {
                writer.WriteStartObject();
                writer.WritePropertyName(""u8);
                if (nulls[row])
                    writer.WriteNullValue();
                else
                    WriteValue(writer, values[row], row);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return JsonRows.Parse(new Schema([new Field("", field.Type, field.IsNullable)]), buffer.WrittenSpan, bytesMax).Columns[0];
    }

    private static void WriteValue(Utf8JsonWriter writer, string value, int row)
    {
        try
        {
            writer.WriteRawValue(value);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ArgumentException($"row {row}: the value is no JSON: {e.Message}", e);
        }
    }
}
