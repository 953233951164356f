namespace Varve.Cli.Shell.Editing;

/// <summary>What a key, or several pressed together, asks of the line editor.</summary>
internal enum Key
{
    /// <summary>Letters to put in.</summary>
    Text,

    /// <summary>Letters that were pasted: lines and all, none of which is a command.</summary>
    Paste,

    /// <summary>Enter, ctrl-j: take the statement where it is complete, else begin a line.</summary>
    Enter,

    /// <summary>Alt-enter: begin a line in any case.</summary>
    NewLine,

    /// <summary>Tab.</summary>
    Complete,

    /// <summary>Ctrl-c.</summary>
    Interrupt,

    /// <summary>Ctrl-d: the end where the line is empty, else as <see cref="Delete"/>.</summary>
    EndOrDelete,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    LineStart,
    LineEnd,
    Up,
    Down,

    /// <summary>Ctrl-p and ctrl-n: the history's, whatever line the cursor is in.</summary>
    Older,
    Newer,

    /// <summary>Ctrl-k, ctrl-u, ctrl-w, alt-d: what they take away, <see cref="Yank"/> (ctrl-y) puts in.</summary>
    KillToEnd,
    KillToStart,
    KillWordLeft,
    KillWordRight,
    Yank,

    /// <summary>Ctrl-r.</summary>
    Search,

    /// <summary>Escape, ctrl-g: leave the search.</summary>
    Cancel,

    /// <summary>Ctrl-l.</summary>
    ClearScreen,
}
