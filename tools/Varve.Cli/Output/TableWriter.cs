using System.Globalization;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Cli.Output;

/// <summary>
/// A table for people, drawn when all rows are there. Numbers stand right, null is shown as such, long texts are shortened and control characters
/// made visible. Of very many rows the first ones are shown and the rest counted.
/// </summary>
internal sealed class TableWriter(Schema schema, Stream output) : IRowWriter
{
    private const int RowsShownMax = 1000;
    private const int CellCharsMax = 60;
    private const string NullText = "∅";

    private readonly List<string[]> _rows = [];
    private long _rowCount;

    public void Write(RecordBatch batch)
    {
        for (int row = 0; row < batch.RowCount && _rows.Count < RowsShownMax; row++)
            _rows.Add([.. batch.Columns.Select(c => Cell(c, row))]);
        _rowCount += batch.RowCount;
    }

    public void Finish()
    {
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        string[] names = [.. schema.Fields.Select(f => Shorten(f.Name))];
        int[] widths = [.. names.Select((name, i) => _rows.Select(r => Width(r[i])).Append(Width(name)).Max())];
        bool[] right = [.. schema.Fields.Select(f => f.Type.Id is ArrowTypeId.Integer or ArrowTypeId.Float or ArrowTypeId.Decimal)];
        text.WriteLine(Line(names, widths, right));
        text.WriteLine(string.Join("─┼─", widths.Select(w => new string('─', w))));
        foreach (string[] row in _rows)
            text.WriteLine(Line(row, widths, right));
        string count = _rowCount.ToString("N0", CultureInfo.InvariantCulture);
        text.WriteLine(_rows.Count < _rowCount
            ? $"({count} rows, the first {RowsShownMax} shown; --format csv, json or arrow prints all)"
            : _rowCount == 1 ? "(1 row)" : $"({count} rows)");
    }

    public void Dispose() => _rows.Clear();

    private static string Line(string[] cells, int[] widths, bool[] right) =>
        string.Join(" │ ", cells.Select((c, i) => Pad(c, widths[i], right[i]))).TrimEnd();

    private static string Pad(string cell, int width, bool right)
    {
        var blanks = new string(' ', width - Width(cell));
        return right ? blanks + cell : cell + blanks;
    }

    private static string Cell(ArrayData column, int row) => ArrayReader.IsNull(column, row) ? NullText : Shorten(ArrayReader.Format(column, row));

    private static string Shorten(string text)
    {
        text = string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return text.Length <= CellCharsMax ? text : text[..(CellCharsMax - 1)] + "…";
    }

    /// <summary>Screen columns, as far as counting letters tells them.</summary>
    private static int Width(string text) => new StringInfo(text).LengthInTextElements;
}
