using System.Text;
using Varve.Cli.Output;

namespace Varve.Cli.Shell.Editing;

/// <summary>
/// A text as it stands on a screen: rows no wider than it, the prompt before the first line and another before the others, and where the cursor is.
/// Immutable.
/// </summary>
internal sealed record LineLayout(IReadOnlyList<string> Rows, int CursorRow, int CursorColumn)
{
    private const int TabWidth = 4;

    public static LineLayout Of(string text, int cursor, string prompt, string continuation, int width)
    {
        width = Math.Max(2, width);
        var rows = new List<string>();
        var row = new StringBuilder();
        int column = 0, cursorRow = 0, cursorColumn = 0;
        Put(prompt, DisplayWidth.Of(prompt));
        for (int at = 0; ; at = TextSteps.Next(text, at))
        {
            if (column == width)
                Break();
            if (at == cursor)
                (cursorRow, cursorColumn) = (rows.Count, column);
            if (at >= text.Length)
                break;
            string element = text[at..TextSteps.Next(text, at)];
            if (element is "\n" or "\r\n")
            {
                Break();
                Put(continuation, DisplayWidth.Of(continuation));
                continue;
            }

            element = element == "\t" ? new string(' ', TabWidth) : element;
            int elementWidth = DisplayWidth.Of(element);
            if (column + elementWidth > width)
                Break();
            if (at == cursor)
                (cursorRow, cursorColumn) = (rows.Count, column);
            Put(element, elementWidth);
        }

        rows.Add(row.ToString());
        return new LineLayout(rows, cursorRow, cursorColumn);

        void Put(string element, int elementWidth)
        {
            row.Append(element);
            column += elementWidth;
        }

        void Break()
        {
            rows.Add(row.ToString());
            row.Clear();
            column = 0;
        }
    }

    /// <summary>The part of it that a screen of so many rows can show, around the cursor.</summary>
    public LineLayout Within(int height)
    {
        height = Math.Max(1, height);
        if (Rows.Count <= height)
            return this;
        int first = Math.Clamp(CursorRow - height + 1, 0, Rows.Count - height);
        return new LineLayout([.. Rows.Skip(first).Take(height)], CursorRow - first, CursorColumn);
    }
}
