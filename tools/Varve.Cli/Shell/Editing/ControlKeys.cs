namespace Varve.Cli.Shell.Editing;

/// <summary>Which key control characters and sequences are, as in readline. Null: none that is known. Stateless.</summary>
internal static class ControlKeys
{
    /// <summary>A byte below 0x20, or delete.</summary>
    public static Key? Of(byte control) => control switch
    {
        0x01 => Key.LineStart, // ctrl-a
        0x02 => Key.Left, // ctrl-b
        0x03 => Key.Interrupt, // ctrl-c
        0x04 => Key.EndOrDelete, // ctrl-d
        0x05 => Key.LineEnd, // ctrl-e
        0x06 => Key.Right, // ctrl-f
        0x07 => Key.Cancel, // ctrl-g
        0x08 or 0x7F => Key.Backspace,
        0x09 => Key.Complete,
        0x0A or 0x0D => Key.Enter,
        0x0B => Key.KillToEnd, // ctrl-k
        0x0C => Key.ClearScreen, // ctrl-l
        0x0E => Key.Newer, // ctrl-n
        0x10 => Key.Older, // ctrl-p
        0x12 => Key.Search, // ctrl-r
        0x15 => Key.KillToStart, // ctrl-u
        0x17 => Key.KillWordLeft, // ctrl-w
        0x19 => Key.Yank, // ctrl-y
        _ => null,
    };

    /// <summary>The key pressed together with alt, by its byte.</summary>
    public static Key? OfAlt(byte second) => (char)second switch
    {
        'b' => Key.WordLeft,
        'f' => Key.WordRight,
        'd' => Key.KillWordRight,
        '\r' or '\n' => Key.NewLine,
        '\u007F' or '\b' => Key.KillWordLeft,
        _ => null,
    };

    /// <summary>What stands behind escape and its bracket; 1;5 and 1;3 in it are ctrl and alt.</summary>
    public static Key? OfSequence(string sequence) => sequence switch
    {
        "A" => Key.Up,
        "B" => Key.Down,
        "C" => Key.Right,
        "D" => Key.Left,
        "H" or "1~" or "7~" => Key.LineStart,
        "F" or "4~" or "8~" => Key.LineEnd,
        "3~" => Key.Delete,
        "1;5C" or "1;3C" => Key.WordRight,
        "1;5D" or "1;3D" => Key.WordLeft,
        "3;5~" or "3;3~" => Key.KillWordRight,
        "M" => Key.Enter,
        _ => null,
    };
}
