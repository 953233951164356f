using System.Globalization;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Cli.Output;

/// <summary>For people and wide rows: a line a value, under a line for each row. Values are whole, null is shown as such.</summary>
internal sealed class ExpandedWriter(Schema schema, Stream output) : IRowWriter
{
    private const string NullText = "∅";

    private readonly StreamWriter _text = new(output, new UTF8Encoding(false), leaveOpen: true);
    private readonly int _nameWidth = schema.Fields.Select(f => DisplayWidth.Of(f.Name)).DefaultIfEmpty(0).Max();
    private long _rowCount;

    public void Write(RecordBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            _text.WriteLine($"─ row {(++_rowCount).ToString("N0", CultureInfo.InvariantCulture)} ─");
            for (int i = 0; i < batch.Columns.Count; i++)
                _text.WriteLine($"{Name(i)} │ {Value(batch.Columns[i], row)}");
        }

        _text.Flush();
    }

    public void Finish()
    {
        _text.WriteLine(_rowCount == 1 ? "(1 row)" : $"({_rowCount.ToString("N0", CultureInfo.InvariantCulture)} rows)");
        _text.Flush();
    }

    public void Dispose() => _text.Dispose();

    private string Name(int column)
    {
        string name = CellText.Visible(schema.Fields[column].Name);
        return name + new string(' ', Math.Max(0, _nameWidth - DisplayWidth.Of(name)));
    }

    private static string Value(ArrayData column, int row) =>
        ArrayReader.IsNull(column, row) ? NullText : CellText.Visible(ArrayReader.Format(column, row));
}
