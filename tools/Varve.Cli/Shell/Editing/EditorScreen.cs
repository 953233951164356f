using System.Text;

namespace Varve.Cli.Shell.Editing;

/// <summary>
/// Writes what has to change on the terminal for it to show a text. Remembers where the cursor is, nothing else: every change draws all of the
/// text again. One caller.
/// </summary>
internal sealed class EditorScreen(TextWriter terminal)
{
    private int _cursorRow;

    public void Draw(LineLayout layout)
    {
        StringBuilder output = ToStart().Append("\e[J").AppendJoin("\n", layout.Rows);
        int up = layout.Rows.Count - 1 - layout.CursorRow;
        if (up > 0)
            output.Append($"\e[{up}A");
        output.Append('\r');
        if (layout.CursorColumn > 0)
            output.Append($"\e[{layout.CursorColumn}C");
        _cursorRow = layout.CursorRow;
        Write(output);
    }

    /// <summary>Leaves the text where it is and begins a line below it.</summary>
    public void Leave(LineLayout layout)
    {
        Draw(layout with { CursorRow = layout.Rows.Count - 1 });
        _cursorRow = 0;
        Write(new StringBuilder("\n"));
    }

    public void Clear()
    {
        _cursorRow = 0;
        Write(new StringBuilder("\e[H\e[2J"));
    }

    private StringBuilder ToStart()
    {
        StringBuilder output = new("\r");
        return _cursorRow > 0 ? output.Append($"\e[{_cursorRow}A") : output;
    }

    private void Write(StringBuilder output)
    {
        terminal.Write(output);
        terminal.Flush();
    }
}
