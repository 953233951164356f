using Varve.Cli.Output;

namespace Varve.Cli.Shell.Editing;

/// <summary>Reads texts from a person at a terminal, drawing them while they are edited. One caller.</summary>
/// <param name="keys">Where keys come from.</param>
/// <param name="terminal">Where they are drawn.</param>
/// <param name="editor">Edits.</param>
/// <param name="complete">What may stand at a place of a text.</param>
internal sealed class LineReader(
    TerminalKeys keys, TextWriter terminal, LineEditor editor, Func<string, int, CancellationToken, Task<Completion>> complete)
{
    private const int DefaultWidth = 80;
    private const int DefaultHeight = 24;
    private const string PasteOn = "\e[?2004h";
    private const string PasteOff = "\e[?2004l";

    private readonly EditorScreen _screen = new(terminal);

    /// <summary>Null: the person has ended. An empty text: what stood there was dropped.</summary>
    public async Task<string?> ReadAsync(string prompt, string continuation, CancellationToken cancellation)
    {
        editor.Restart();
        terminal.Write(PasteOn);
        try
        {
            while (true)
            {
                // Where keys wait already, such as of a paste, only the last state is worth drawing.
                if (!keys.HasMore)
                    _screen.Draw(Layout());
                if (await keys.ReadAsync(cancellation) is not { } key)
                    return Left(null);
                switch (editor.Apply(key))
                {
                    case EditorOutcome.Accepted:
                        return Left(editor.Text);
                    case EditorOutcome.Interrupted:
                        return Left("");
                    case EditorOutcome.Ended:
                        return Left(null);
                    case EditorOutcome.ClearScreen:
                        _screen.Clear();
                        break;
                    case EditorOutcome.CompletionWanted:
                        List(editor.Complete(await complete(editor.Text, editor.Cursor, cancellation)));
                        break;
                }
            }
        }
        finally
        {
            terminal.Write(PasteOff);
            terminal.Flush();
        }

        string? Left(string? text)
        {
            _screen.Leave(Layout());
            return text;
        }

        LineLayout Layout() =>
            LineLayout.Of(editor.Text, editor.Cursor, editor.SearchPrompt ?? prompt, continuation, Size().Width).Within(Size().Height - 1);

        void List(IReadOnlyList<string> candidates)
        {
            if (candidates.Count == 0)
                return;
            _screen.Leave(Layout());
            foreach (string line in CandidateList.Lines(candidates, Size().Width))
                terminal.Write(CellText.Visible(line) + "\n");
        }
    }

    private static (int Width, int Height) Size()
    {
        try
        {
            return (Positive(Console.WindowWidth, DefaultWidth), Positive(Console.WindowHeight, DefaultHeight));
        }
        catch (IOException)
        {
            return (DefaultWidth, DefaultHeight);
        }
    }

    private static int Positive(int value, int otherwise) => value > 0 ? value : otherwise;
}
