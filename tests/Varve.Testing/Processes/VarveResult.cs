namespace Varve.Testing.Processes;

/// <summary>What a command said and how it ended.</summary>
public sealed record VarveResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The output of a command that must have succeeded.</summary>
    public string Successful() => ExitCode == 0 ? Output : throw new InvalidOperationException($"varve ended with {ExitCode}: {Errors}{Output}");
}
