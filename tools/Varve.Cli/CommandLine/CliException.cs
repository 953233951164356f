namespace Varve.Cli.CommandLine;

/// <summary>A failure that a person caused or can mend: one line that says why and what to do. Exit code 1, or the one given.</summary>
internal sealed class CliException(string message, int exitCode = 1, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
