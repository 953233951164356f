using System.ComponentModel;
using System.Diagnostics;

namespace Varve.Testing.Processes;

/// <summary>Runs a program of others to its end and gives what it said.</summary>
public static class ProgramRun
{
    /// <exception cref="InvalidOperationException">The program is missing, took too long (it is killed then), or ended with another code than
    /// 0.</exception>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string folder, TimeSpan timeout,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using Process process = Start(start);
        using var late = new CancellationTokenSource(timeout);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException(
                $"{Shown(start)} had not ended after {timeout.TotalSeconds} s; it said: {await output} {await errors}");
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{Shown(start)} ended with code {process.ExitCode}: {await errors} {await output}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{start.FileName} cannot be started ({e.Message}): is it installed?", e);
        }
    }

    private static string Shown(ProcessStartInfo start) => $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
}
