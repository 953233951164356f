using System.Diagnostics;

namespace Varve.Testing;

/// <summary>
/// A folder of Node.js scripts in tests/clients whose packages its package-lock.json pins. They are installed by the first run, and again when that
/// file changes. Any number of threads of one process.
/// </summary>
public sealed class NodeFolder(string name) : IDisposable
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(3);

    private readonly SemaphoreSlim _installing = new(1);

    private string Folder { get; } = Path.Combine(RepositoryRoot.Path, "tests", "clients", name);

    /// <summary>Runs a script and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">The packages cannot be installed, or the script failed: with what it said.</exception>
    public async Task<string> RunAsync(string script, params string[] arguments)
    {
        await InstallAsync();
        return await RunProcessAsync("node", [script, .. arguments], ScriptTimeout);
    }

    public void Dispose() => _installing.Dispose();

    private async Task InstallAsync()
    {
        await _installing.WaitAsync();
        try
        {
            string wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
            string marker = Path.Combine(Folder, "node_modules", ".installed");
            if (File.Exists(marker) && await File.ReadAllTextAsync(marker) == wanted)
                return;
            await RunProcessAsync("npm", ["ci", "--no-progress"], InstallTimeout);
            await File.WriteAllTextAsync(marker, wanted);
        }
        finally
        {
            _installing.Release();
        }
    }

    private async Task<string> RunProcessAsync(string command, IEnumerable<string> arguments, TimeSpan timeout)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(command, arguments) };
        process.StartInfo.WorkingDirectory = Folder;
        process.StartInfo.RedirectStandardOutput = true;
        process.StartInfo.RedirectStandardError = true;
        process.Start();
        using var deadline = new CancellationTokenSource(timeout);
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            if (process.ExitCode == 0)
                return await output;
            throw new InvalidOperationException($"{command} in {Folder} failed with code {process.ExitCode}: {await errors}{await output}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{command} in {Folder} took more than {timeout}");
        }
    }
}
