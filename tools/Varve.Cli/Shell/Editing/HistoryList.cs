namespace Varve.Cli.Shell.Editing;

/// <summary>The statements of before, oldest first, and where in them the editor is. One caller.</summary>
internal sealed class HistoryList(IEnumerable<string> entries, int countMax)
{
    private readonly List<string> _entries = [.. entries.TakeLast(countMax)];
    private string _draft = "";
    private int _at = -1;

    public IReadOnlyList<string> Entries => _entries;

    /// <summary>False where it is not kept: blank, hidden by a blank before it, or the same as the one before.</summary>
    public bool Add(string text)
    {
        _at = -1;
        if (text.Length == 0 || char.IsWhiteSpace(text[0]) || (_entries.Count > 0 && _entries[^1] == text))
            return false;
        _entries.Add(text);
        if (_entries.Count > countMax)
            _entries.RemoveAt(0);
        return true;
    }

    /// <summary>Begins at its end again, for a new line.</summary>
    public void Restart() => _at = -1;

    /// <summary>The entry before; <paramref name="draft"/> is what stood in the editor, to come back to.</summary>
    public string? Older(string draft)
    {
        if (_at < 0)
        {
            _draft = draft;
            _at = _entries.Count;
        }

        return _at > 0 ? _entries[--_at] : null;
    }

    public string? Newer()
    {
        if (_at < 0)
            return null;
        if (++_at < _entries.Count)
            return _entries[_at];
        _at = -1;
        return _draft;
    }

    /// <summary>The newest entry before <paramref name="before"/> that has the text in it; -1: none.</summary>
    public int Find(string text, int before)
    {
        for (int i = Math.Min(before, _entries.Count) - 1; i >= 0; i--)
        {
            if (_entries[i].Contains(text, StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return -1;
    }
}
