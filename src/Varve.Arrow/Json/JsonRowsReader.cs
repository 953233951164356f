using System.Text.Json;

namespace Varve.Arrow.Json;

/// <summary>Reads the rows of one text into the columns of a schema. Used once, by one thread.</summary>
internal sealed class JsonRowsReader
{
    /// <summary>Nesting of the text. Types nest less deep.</summary>
    private const int DepthMax = 128;

    private readonly Schema _schema;
    private readonly JsonPlace _place;
    private readonly JsonFields _fields;
    private readonly long _rowBytesMin;

    public JsonRowsReader(Schema schema, long bytesMax)
    {
        _schema = schema;
        _place = new JsonPlace(bytesMax);
        _fields = new JsonFields(schema.Fields, "", _place);
        _rowBytesMin = 1 + (schema.Fields.Count / 8);
    }

    public RecordBatch Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DepthMax });
        try
        {
            ReadRows(ref reader);
        }
        catch (JsonException e)
        {
            throw _place.Fail("", "valid JSON", $"{Reason(e)} at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }

        return new RecordBatch(_schema, _place.Row, [.. _fields.Columns.Select(c => c.Build())]);
    }

    private void ReadRows(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                ReadRow(ref reader);
            if (reader.Read())
                throw _place.Fail("", "nothing behind the array of rows", JsonPlace.Show(ref reader));
            return;
        }

        do
        {
            ReadRow(ref reader);
        }
        while (reader.Read());
    }

    private void ReadRow(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw _place.Fail("", "a row as an object", JsonPlace.Show(ref reader));
        _place.Budget.Take(_rowBytesMin);
        _fields.Read(ref reader);
        _place.Row++;
    }

    /// <summary>The reader's message without its place, which we give in our own way.</summary>
    private static string Reason(JsonException e)
    {
        int end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }
}
