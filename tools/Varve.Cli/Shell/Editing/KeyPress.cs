namespace Varve.Cli.Shell.Editing;

/// <summary>A key, with the letters that <see cref="Key.Text"/> and <see cref="Key.Paste"/> bring.</summary>
internal readonly record struct KeyPress(Key Key, string Text = "");
