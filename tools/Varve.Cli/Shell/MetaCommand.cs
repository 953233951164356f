namespace Varve.Cli.Shell;

/// <summary>A command to the shell.</summary>
/// <param name="Name">With its backslash.</param>
/// <param name="Argument">How its argument is shown; empty: it takes none.</param>
/// <param name="Description">One line.</param>
/// <param name="RunAsync">Does it, with the argument or an empty text.</param>
internal sealed record MetaCommand(string Name, string Argument, string Description, Func<string, CancellationToken, Task> RunAsync);
