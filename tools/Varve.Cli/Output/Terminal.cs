using Spectre.Console;

namespace Varve.Cli.Output;

/// <summary>The look of what is printed for people.</summary>
internal static class Terminal
{
    /// <summary>A table with light lines; headings are taken as they are.</summary>
    public static Table Table(params string[] headings)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (string heading in headings)
            table.AddColumn(new TableColumn($"[bold]{heading}[/]"));
        return table;
    }
}
