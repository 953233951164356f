using System.Text;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Cli.Output;

namespace Varve.Cli.Tail;

/// <summary>One line a row as it comes: system columns by their values, the others as name=value, null left out.</summary>
internal sealed class LineWriter(Stream output) : IRowWriter
{
    private readonly StreamWriter _text = new(output, new UTF8Encoding(false), leaveOpen: true);

    public void Write(RecordBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
            _text.Write(string.Join("  ", Cells(batch, row)) + "\n");
        _text.Flush();
    }

    public void Finish() => _text.Flush();

    public void Dispose() => _text.Dispose();

    private static IEnumerable<string> Cells(RecordBatch batch, int row)
    {
        for (int i = 0; i < batch.Columns.Count; i++)
        {
            ArrayData column = batch.Columns[i];
            string name = batch.Schema.Fields[i].Name;
            if (!ArrayReader.IsNull(column, row))
                yield return name.StartsWith('_') ? ArrayReader.Format(column, row) : $"{name}={Quoted(ArrayReader.Format(column, row))}";
        }
    }

    private static string Quoted(string value) =>
        value.Length == 0 || value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '"') ? System.Text.Json.JsonSerializer.Serialize(value) : value;
}
