using System.Diagnostics;

namespace Varve.Testing.Processes;

/// <summary>The command `varve` as the build left it beside the tests, run as its users run it: as a process.</summary>
public static class VarveProgram
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(3);

    /// <summary>For `env`, before a command: tests that run in the background of a script ignore Ctrl+C, and what they start would too.</summary>
    public static IReadOnlyList<string> HearsInterrupts { get; } = ["--default-signal=INT"];

    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "varve.dll");

    /// <summary>Runs a command to its end. Only a command that does not end within minutes is an error here.</summary>
    public static async Task<VarveResult> RunAsync(
        IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = Start(arguments, redirectInput: input is not null, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }

        using var late = new CancellationTokenSource(CommandTimeout);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"varve {string.Join(' ', arguments)} did not end; it said: {await output} {await errors}");
        }

        return new VarveResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a command and does not wait for it. The caller disposes it, and reads what it says.</summary>
    public static Process Start(IEnumerable<string> arguments, bool redirectInput = false, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("env", [.. HearsInterrupts, "dotnet", "exec", Assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = redirectInput,
        };
        start.Environment.Remove("VARVE_ENDPOINT");
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
