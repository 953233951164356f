using Spectre.Console;

namespace Varve.Cli.Demo;

/// <summary>What stands above each part of the demo.</summary>
internal static class Heading
{
    public static void Print(string text)
    {
        Console.WriteLine();
        AnsiConsole.MarkupLine($"[bold]{Markup.Escape(text)}[/]");
    }

    /// <summary>The statement that is about to run.</summary>
    public static void PrintSql(string sql) => AnsiConsole.MarkupLine($"[grey]  sql> {Markup.Escape(sql)}[/]");
}
