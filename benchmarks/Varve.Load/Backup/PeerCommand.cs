using System.Diagnostics;

namespace Varve.Load.Backup;

/// <summary>Runs a program of the system to its end. Without state.</summary>
internal static class PeerCommand
{
    /// <summary>Throws <see cref="ScenarioFailedException"/> where it cannot be run, or fails.</summary>
    public static async Task RunAsync(IReadOnlyDictionary<string, string> environment, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new ScenarioFailedException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}{await output}");
    }

    /// <summary>Makes files durable one by one, as everything here does: they and their directories.</summary>
    public static Task SyncAsync(string directory) => RunAsync(
        new Dictionary<string, string>(), "/bin/sh", "-c", $"find '{directory}' -print0 | xargs -0 sync");
}
