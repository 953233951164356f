namespace Varve.Cli.Shell.Editing;

/// <summary>
/// Edits one text of one or more lines by keys; knows nothing of terminals. One caller.
/// </summary>
/// <param name="history">Read, not written.</param>
/// <param name="isComplete">Whether enter takes the text, or begins another line.</param>
internal sealed class LineEditor(HistoryList history, Func<string, bool> isComplete)
{
    private string _killed = "";
    private bool _wasKill;
    private HistorySearch? _search;

    public string Text { get; private set; } = "";

    /// <summary>Before the character of this index; at the end: the text's length.</summary>
    public int Cursor { get; private set; }

    /// <summary>What stands before the text instead of the prompt while the history is searched.</summary>
    public string? SearchPrompt => _search?.Prompt;

    /// <summary>Empties it for the next text.</summary>
    public void Restart()
    {
        Set("");
        _search = null;
        history.Restart();
    }

    public EditorOutcome Apply(KeyPress key)
    {
        if (_search is not null && Search(_search, key))
            return EditorOutcome.Editing;
        bool wasKill = _wasKill;
        _wasKill = false;
        switch (key.Key)
        {
            case Key.Enter when isComplete(Text):
                return EditorOutcome.Accepted;
            case Key.Interrupt:
                return EditorOutcome.Interrupted;
            case Key.EndOrDelete when Text.Length == 0:
                return EditorOutcome.Ended;
            case Key.Complete:
                return EditorOutcome.CompletionWanted;
            case Key.ClearScreen:
                return EditorOutcome.ClearScreen;
            case Key.Search:
                _search = new HistorySearch(history, Text);
                break;
            case Key.KillToEnd or Key.KillToStart or Key.KillWordLeft or Key.KillWordRight:
                Kill(key.Key, wasKill);
                break;
            default:
                Edit(key);
                break;
        }

        return EditorOutcome.Editing;
    }

    /// <summary>
    /// Puts in what is certain of a completion: the only candidate with a blank behind it, or what all have in common. Returns what to
    /// show for a choice.
    /// </summary>
    public IReadOnlyList<string> Complete(Completion completion)
    {
        if (completion.Candidates.Count == 0)
            return [];
        int typed = Cursor - completion.Start;
        string common = completion.CommonStart;
        bool isOnly = completion.Candidates.Count == 1;
        if (!isOnly && common.Length <= typed)
            return completion.Candidates;
        bool needsBlank = isOnly && (Cursor == Text.Length || !char.IsWhiteSpace(Text[Cursor]));
        Replace(completion.Start, Cursor, needsBlank ? common + " " : common);
        return [];
    }

    private void Edit(KeyPress key)
    {
        switch (key.Key)
        {
            case Key.Text or Key.Paste:
                Replace(Cursor, Cursor, key.Text);
                break;
            case Key.Enter or Key.NewLine:
                Replace(Cursor, Cursor, "\n");
                break;
            case Key.Backspace:
                Replace(TextSteps.Previous(Text, Cursor), Cursor, "");
                break;
            case Key.Delete or Key.EndOrDelete:
                Replace(Cursor, TextSteps.Next(Text, Cursor), "");
                break;
            case Key.Yank:
                Replace(Cursor, Cursor, _killed);
                break;
            case Key.Up when TextSteps.LineStart(Text, Cursor) > 0:
                MoveToLine(TextSteps.LineStart(Text, Cursor) - 1);
                break;
            case Key.Down when TextSteps.LineEnd(Text, Cursor) < Text.Length:
                MoveToLine(TextSteps.LineEnd(Text, Cursor) + 1);
                break;
            case Key.Up or Key.Older:
                Set(history.Older(Text) ?? Text);
                break;
            case Key.Down or Key.Newer:
                Set(history.Newer() ?? Text);
                break;
            default:
                Cursor = Moved(key.Key);
                break;
        }
    }

    private int Moved(Key key) => key switch
    {
        Key.Left => TextSteps.Previous(Text, Cursor),
        Key.Right => TextSteps.Next(Text, Cursor),
        Key.WordLeft => TextSteps.WordStart(Text, Cursor),
        Key.WordRight => TextSteps.WordEnd(Text, Cursor),
        Key.LineStart => TextSteps.LineStart(Text, Cursor),
        Key.LineEnd => TextSteps.LineEnd(Text, Cursor),
        _ => Cursor,
    };

    /// <summary>To the line that the place is in, as many letters from its start as the cursor was from its own.</summary>
    private void MoveToLine(int place)
    {
        int column = Cursor - TextSteps.LineStart(Text, Cursor);
        int start = TextSteps.LineStart(Text, place);
        int wanted = Math.Min(start + column, TextSteps.LineEnd(Text, place));
        Cursor = start;
        while (Cursor < wanted)
            Cursor = TextSteps.Next(Text, Cursor);
    }

    private void Kill(Key key, bool goesOn)
    {
        (int from, int to) = key switch
        {
            Key.KillToEnd when TextSteps.LineEnd(Text, Cursor) is var end => (Cursor, end > Cursor ? end : Math.Min(Cursor + 1, Text.Length)),
            Key.KillToStart => (TextSteps.LineStart(Text, Cursor), Cursor),
            Key.KillWordLeft => (TextSteps.BlankWordStart(Text, Cursor), Cursor),
            _ => (Cursor, TextSteps.WordEnd(Text, Cursor)),
        };
        string killed = Text[from..to];
        _killed = !goesOn ? killed : from < Cursor ? killed + _killed : _killed + killed;
        _wasKill = true;
        Replace(from, to, "");
    }

    /// <summary>False: the key ends the search and is then applied to what was found.</summary>
    private bool Search(HistorySearch search, KeyPress key)
    {
        switch (key.Key)
        {
            case Key.Text or Key.Paste:
                search.Type(key.Text);
                break;
            case Key.Backspace:
                search.Shorten();
                break;
            case Key.Search:
                search.Further();
                break;
            case Key.Cancel:
                _search = null;
                Set(search.Draft);
                return true;
            default:
                _search = null;
                return false;
        }

        Set(search.Found);
        return true;
    }

    private void Replace(int from, int to, string by)
    {
        Text = string.Concat(Text.AsSpan(0, from), by, Text.AsSpan(to));
        Cursor = from + by.Length;
    }

    private void Set(string text)
    {
        Text = text;
        Cursor = text.Length;
    }
}
