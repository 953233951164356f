using Varve.Testing.Processes;

namespace Varve.Testing;

/// <summary>
/// A folder of Node.js scripts in tests/clients whose packages its package-lock.json pins. They are installed by the first run, and again when that
/// file changes. Any number of threads and instances of one process.
/// </summary>
public sealed class NodeFolder(string name)
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(3);
    private static readonly SemaphoreSlim Installing = new(1);

    private string Folder { get; } = Path.Combine(RepositoryRoot.Path, "tests", "clients", name);

    /// <summary>Runs a script and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">The packages cannot be installed, or the script failed: with what it said.</exception>
    public Task<string> RunAsync(string script, params string[] arguments) => RunProgramAsync("node", [script, .. arguments]);

    /// <summary>Runs a program that one of the packages brings.</summary>
    /// <exception cref="InvalidOperationException">As above.</exception>
    public Task<string> RunPackagedAsync(string program, params string[] arguments) =>
        RunProgramAsync(Path.Combine(Folder, "node_modules", ".bin", program), arguments);

    private async Task<string> RunProgramAsync(string program, IReadOnlyList<string> arguments)
    {
        await InstallAsync();
        return await ProgramRun.RunAsync(program, arguments, Folder, ScriptTimeout);
    }

    private async Task InstallAsync()
    {
        await Installing.WaitAsync();
        try
        {
            string wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
            string marker = Path.Combine(Folder, "node_modules", ".installed");
            if (File.Exists(marker) && await File.ReadAllTextAsync(marker) == wanted)
                return;
            await ProgramRun.RunAsync("npm", ["ci", "--no-progress"], Folder, InstallTimeout);
            await File.WriteAllTextAsync(marker, wanted);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException(
                $"the packages of {Folder} cannot be installed. These tests need Node.js 20 or later with npm, and an npm registry. {e.Message}", e);
        }
        finally
        {
            Installing.Release();
        }
    }
}
