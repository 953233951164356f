using System.Buffers;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Cli.Output;

/// <summary>
/// RFC 4180 with line feeds: a header line, fields in quotes where they hold a comma, a quote or a line break. Null is an empty field, an empty text
/// is "".
/// </summary>
internal sealed class CsvWriter : IRowWriter
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private readonly StreamWriter _text;

    public CsvWriter(Schema schema, Stream output)
    {
        _text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        WriteLine(schema.Fields.Select(f => f.Name));
    }

    public void Write(RecordBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
            WriteLine(batch.Columns.Select(c => Value(c, row)));
        _text.Flush();
    }

    public void Finish() => _text.Flush();

    public void Dispose() => _text.Dispose();

    /// <summary>Binary as DuckDB reads and writes it in text, so that it comes back as it was: \x and two digits for each byte.</summary>
    private static string? Value(ArrayData column, int row)
    {
        if (ArrayReader.IsNull(column, row))
            return null;
        string text = ArrayReader.Format(column, row);
        return column.Type is BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType
            ? string.Concat(text.Chunk(2).Select(digits => $"\\x{new string(digits).ToUpperInvariant()}"))
            : text;
    }

    private void WriteLine(IEnumerable<string?> fields)
    {
        _text.Write(string.Join(',', fields.Select(Field)));
        _text.Write('\n');
    }

    private static string Field(string? value) =>
        value is null ? ""
        : value.Length == 0 || value.AsSpan().ContainsAny(Quoted) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : value;
}
