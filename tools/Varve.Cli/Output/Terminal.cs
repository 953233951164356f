using Spectre.Console;

namespace Varve.Cli.Output;

/// <summary>The look of what is printed for people.</summary>
internal static class Terminal
{
    private const int RedirectedWidthChars = 400;

    /// <summary>Colours only where a person looks, and no line folded in a file or a pipe.</summary>
    public static void Setup()
    {
        if (!Console.IsOutputRedirected)
            return;
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        AnsiConsole.Profile.Width = RedirectedWidthChars;
    }

    /// <summary>A table with light lines; headings are taken as they are.</summary>
    public static Table Table(params string[] headings)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (string heading in headings)
            table.AddColumn(new TableColumn($"[bold]{heading}[/]"));
        return table;
    }
}
