using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Varve.Arrow.Json;

/// <summary>
/// Rows as JSON objects: one per line (NDJSON) or in one array, in UTF-8. Nothing is lost either way: what cannot be read exactly is refused.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>bool</term><description>true, false</description></item>
/// <item><term>int8 to uint64</term><description>number without point or exponent; of 64 bits also as text</description></item>
/// <item><term>floats</term><description>number; "NaN", "Infinity", "-Infinity"</description></item>
/// <item><term>decimals</term><description>text (written) or number</description></item>
/// <item><term>text</term><description>text</description></item>
/// <item><term>binary</term><description>base64 text</description></item>
/// <item><term>date, time, timestamp</term><description>ISO 8601 text (written), with a zone if the type has one; or the count as a
/// number</description></item>
/// <item><term>duration, year_month</term><description>the count as a number</description></item>
/// <item><term>day_time, month_day_nano</term><description>{"days", "milliseconds"}, {"months", "days", "nanoseconds"}</description></item>
/// <item><term>lists</term><description>array</description></item>
/// <item><term>struct</term><description>object</description></item>
/// <item><term>map</term><description>object if keys are text and differ, else array of {"key", "value"}; both are read</description></item>
/// </list>
/// </remarks>
public static class JsonRows
{
    /// <summary>What a parsed batch may take unless said otherwise: two bytes of text can stand for a row of many nulls.</summary>
    public const long BytesMaxDefault = 1L << 30;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Reads rows. Fields may stand in any order; one that is missing is null.</summary>
    /// <param name="schema">The columns, without dictionaries, with distinct names.</param>
    /// <param name="utf8">JSON objects after each other, or one array of them.</param>
    /// <param name="bytesMax">Refuses more memory than about this.</param>
    /// <exception cref="ArrowFormatException">Names the row (from 0), the column, what was expected and what was found.</exception>
    public static RecordBatch Parse(Schema schema, ReadOnlySpan<byte> utf8, long bytesMax = BytesMaxDefault) =>
        new JsonRowsReader(schema, bytesMax).Read(utf8);

    /// <summary>Writes each row as a JSON object and a line feed.</summary>
    public static void Write(RecordBatch batch, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter writer = new(output, WriterOptions);
        JsonEncodedText[] names = [.. batch.Schema.Fields.Select(f => JsonEncodedText.Encode(f.Name, WriterOptions.Encoder))];
        for (int row = 0; row < batch.RowCount; row++)
        {
            writer.WriteStartObject();
            for (int i = 0; i < names.Length; i++)
            {
                writer.WritePropertyName(names[i]);
                JsonValueWriter.Write(batch.Columns[i], row, writer);
            }

            writer.WriteEndObject();
            writer.Flush();
            output.Write("\n"u8);
            writer.Reset();
        }
    }

    /// <summary>Writes one value.</summary>
    public static void WriteValue(ArrayData array, int row, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter writer = new(output, WriterOptions);
        JsonValueWriter.Write(array, row, writer);
    }
}
