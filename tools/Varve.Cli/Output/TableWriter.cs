using System.Globalization;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Cli.Output;

/// <summary>
/// A table for people, drawn as the rows come: the first batch decides how wide the columns are, and a wider value later makes its column wider from
/// there on. Numbers stand right, null is shown as such, long texts are shortened and control characters made visible. Of very many rows the first
/// ones are shown and the rest counted.
/// </summary>
internal sealed class TableWriter(Schema schema, Stream output) : IRowWriter
{
    private const int RowsShownMax = 1000;
    private const int CellCharsMax = 60;
    private const string NullText = "∅";

    private readonly StreamWriter _text = new(output, new UTF8Encoding(false), leaveOpen: true);
    private readonly bool[] _right = [.. schema.Fields.Select(f => f.Type.Id is ArrowTypeId.Integer or ArrowTypeId.Float or ArrowTypeId.Decimal)];
    private int[]? _widths;
    private long _rowCount;

    public void Write(RecordBatch batch)
    {
        int shown = (int)Math.Min(batch.RowCount, Math.Max(0, RowsShownMax - _rowCount));
        var rows = new List<string[]>(shown);
        for (int row = 0; row < shown; row++)
            rows.Add([.. batch.Columns.Select(c => Cell(c, row))]);
        _rowCount += batch.RowCount;
        if (batch.RowCount > 0)
            Draw(rows);
    }

    public void Finish()
    {
        Draw([]);
        string count = _rowCount.ToString("N0", CultureInfo.InvariantCulture);
        _text.WriteLine(_rowCount > RowsShownMax
            ? $"({count} rows, the first {RowsShownMax} shown; --format csv, json or arrow prints all)"
            : _rowCount == 1 ? "(1 row)" : $"({count} rows)");
        _text.Flush();
    }

    public void Dispose() => _text.Dispose();

    private void Draw(List<string[]> rows)
    {
        string[] names = [.. schema.Fields.Select(f => Shorten(f.Name))];
        int[] widths = _widths ?? [.. names.Select(n => DisplayWidth.Of(n))];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < widths.Length; i++)
                widths[i] = Math.Max(widths[i], DisplayWidth.Of(row[i]));
        }

        if (_widths is null)
        {
            _text.WriteLine(Line(names, widths));
            _text.WriteLine(string.Join("─┼─", widths.Select(w => new string('─', w))));
            _widths = widths;
        }

        foreach (string[] row in rows)
            _text.WriteLine(Line(row, widths));
        _text.Flush();
    }

    private string Line(string[] cells, int[] widths) => string.Join(" │ ", cells.Select((c, i) => Pad(c, widths[i], _right[i]))).TrimEnd();

    private static string Pad(string cell, int width, bool right)
    {
        var blanks = new string(' ', width - DisplayWidth.Of(cell));
        return right ? blanks + cell : cell + blanks;
    }

    private static string Cell(ArrayData column, int row) => ArrayReader.IsNull(column, row) ? NullText : Shorten(ArrayReader.Format(column, row));

    private static string Shorten(string text)
    {
        text = CellText.Visible(text);
        return text.Length <= CellCharsMax ? text : text[..(CellCharsMax - 1)] + "…";
    }
}
