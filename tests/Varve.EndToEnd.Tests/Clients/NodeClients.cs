using System.Text.Json;
using Varve.Testing;

namespace Varve.EndToEnd.Tests.Clients;

/// <summary>
/// The npm clients of tests/clients/flight. Installs them once with npm ci, which takes exactly what package-lock.json pins, and again when that file changes.
/// </summary>
public sealed class NodeClients : IAsyncLifetime
{
    private const string Marker = ".installed";

    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(3);

    private static string Folder => Path.Combine(RepositoryRoot.Path, "tests", "clients", "flight");

    public async Task InitializeAsync()
    {
        string wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        string marker = Path.Combine(Folder, "node_modules", Marker);
        if (File.Exists(marker) && await File.ReadAllTextAsync(marker) == wanted)
            return;
        try
        {
            await ClientProcess.RunAsync("npm", ["ci", "--no-progress"], Folder, InstallTimeout);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException(
                "the npm clients of tests/clients/flight cannot be installed. These tests need Node.js 20 or later with npm and access to an npm registry. " + e.Message, e);
        }

        await File.WriteAllTextAsync(marker, wanted);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Runs a script with one JSON argument; its answer is one JSON object whose members are its steps.</summary>
    internal static async Task<ClientAnswer> RunAsync(string script, object arguments) =>
        ClientAnswer.Parse(await ClientProcess.RunAsync("node", [script, JsonSerializer.Serialize(arguments)], Folder, ScriptTimeout));

    /// <summary>buf, which speaks gRPC's reflection.</summary>
    internal static Task<string> RunBufAsync(params string[] arguments) =>
        ClientProcess.RunAsync(Path.Combine(Folder, "node_modules", ".bin", "buf"), arguments, Folder, ScriptTimeout);
}
