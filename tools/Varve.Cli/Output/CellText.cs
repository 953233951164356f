namespace Varve.Cli.Output;

/// <summary>Values as a terminal may get them. Stateless.</summary>
internal static class CellText
{
    /// <summary>With control characters replaced: a value must neither break the line nor command the terminal.</summary>
    public static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
