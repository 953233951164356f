namespace Varve.Cli.Shell.Editing;

/// <summary>A search backwards through the history, as ctrl-r does it. One caller.</summary>
internal sealed class HistorySearch(HistoryList history, string draft)
{
    private int _found = history.Entries.Count;

    public string Wanted { get; private set; } = "";

    /// <summary>What stood in the editor before.</summary>
    public string Draft { get; } = draft;

    public string Found => Wanted.Length > 0 && _found < history.Entries.Count ? history.Entries[_found] : Draft;

    public string Prompt => $"(search) {Wanted}: ";

    public void Type(string text)
    {
        Wanted += text;
        Seek(Math.Min(_found + 1, history.Entries.Count));
    }

    public void Shorten()
    {
        if (Wanted.Length > 0)
            Wanted = Wanted[..TextSteps.Previous(Wanted, Wanted.Length)];
        Seek(history.Entries.Count);
    }

    public void Further() => Seek(_found);

    private void Seek(int before)
    {
        if (Wanted.Length > 0 && history.Find(Wanted, before) is >= 0 and int found)
            _found = found;
    }
}
