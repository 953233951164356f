using System.Globalization;

namespace Varve.Cli.Shell.Editing;

/// <summary>Places in a text that the cursor goes to: whole letters with their marks, words, lines. Stateless.</summary>
internal static class TextSteps
{
    public static int Next(string text, int at) => at >= text.Length ? text.Length : at + StringInfo.GetNextTextElementLength(text, at);

    public static int Previous(string text, int at)
    {
        int before = 0;
        for (int next = 0; next < at; next = Next(text, next))
            before = next;
        return before;
    }

    public static int WordStart(string text, int at)
    {
        while (at > 0 && !IsWord(text[at - 1]))
            at--;
        while (at > 0 && IsWord(text[at - 1]))
            at--;
        return at;
    }

    public static int WordEnd(string text, int at)
    {
        while (at < text.Length && !IsWord(text[at]))
            at++;
        while (at < text.Length && IsWord(text[at]))
            at++;
        return at;
    }

    /// <summary>As ctrl-w has it: words end at blanks alone.</summary>
    public static int BlankWordStart(string text, int at)
    {
        while (at > 0 && char.IsWhiteSpace(text[at - 1]))
            at--;
        while (at > 0 && !char.IsWhiteSpace(text[at - 1]))
            at--;
        return at;
    }

    public static int LineStart(string text, int at) => at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;

    public static int LineEnd(string text, int at) => text.IndexOf('\n', at) is >= 0 and int end ? end : text.Length;

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_' || char.IsSurrogate(c);
}
