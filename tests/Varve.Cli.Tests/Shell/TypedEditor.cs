using System.Text;
using Varve.Cli.Shell.Editing;
using Varve.Cli.Shell.Sql;

namespace Varve.Cli.Tests.Shell;

/// <summary>An editor that is fed the bytes that a terminal would send.</summary>
internal sealed class TypedEditor
{
    private readonly KeyDecoder _decoder = new();
    private readonly LineEditor _editor;

    public TypedEditor(params string[] history)
    {
        History = new HistoryList(history, countMax: 100);
        _editor = new LineEditor(History, Statements.IsComplete);
    }

    public HistoryList History { get; }

    public EditorOutcome Outcome { get; private set; }

    public string? SearchPrompt => _editor.SearchPrompt;

    /// <summary>The text, with a bar where the cursor is.</summary>
    public string Shown => _editor.Text.Insert(_editor.Cursor, "|");

    public string Text => _editor.Text;

    public TypedEditor Type(string keys) => Type(Encoding.UTF8.GetBytes(keys));

    public TypedEditor Type(byte[] keys)
    {
        foreach (KeyPress key in _decoder.Feed(keys))
            Outcome = _editor.Apply(key);
        return this;
    }

    public IReadOnlyList<string> Complete(Completion completion) => _editor.Complete(completion);
}
