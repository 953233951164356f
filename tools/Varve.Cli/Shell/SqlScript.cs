using Varve.Cli.Shell.Sql;
using Varve.Client;

namespace Varve.Cli.Shell;

/// <summary>
/// SQL that comes in as text: each statement runs when its semicolon is there, the last one at the end also without. Lines between statements that
/// begin with a backslash are commands to the shell. The first failure ends it.
/// </summary>
internal static class SqlScript
{
    public static async Task RunAsync(TextReader input, VarveClient client, ShellState state, CancellationToken cancellation)
    {
        var commands = new MetaCommands(client, state);
        string waiting = "";
        while (!commands.IsQuit && await input.ReadLineAsync(cancellation) is { } line)
        {
            if (Statements.IsBlank(waiting) && Statements.IsMeta(line))
            {
                await commands.RunAsync(line, cancellation);
                continue;
            }

            waiting += line + "\n";

            // Only a line with a semicolon can end a statement: long ones are not looked through again for each line.
            if (!line.Contains(';', StringComparison.Ordinal))
                continue;
            (IReadOnlyList<string> complete, waiting) = Statements.Split(waiting);
            foreach (string statement in complete)
                await StatementRunner.RunAsync(client, statement, state, cancellation);
        }

        if (!commands.IsQuit && !Statements.IsBlank(waiting))
            await StatementRunner.RunAsync(client, waiting.Trim(), state, cancellation);
    }
}
