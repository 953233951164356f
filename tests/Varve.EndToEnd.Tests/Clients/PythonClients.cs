using System.Text.Json;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Clients;

/// <summary>
/// Debian's Python with gRPC's C core (python3-grpcio) and stubs of varve.v1 that its protoc generates. Where they are missing and we may, they are
/// installed.
/// </summary>
public sealed class PythonClients : IAsyncLifetime, IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const string Packages = "python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc";

    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(3);

    private readonly TempDirectory _stubs = new("stubs");

    private static string Folder => Path.Combine(RepositoryRoot.Path, "tests", "clients", "python");

    public async Task InitializeAsync()
    {
        if (!await IsInstalledAsync())
            await InstallAsync();
        await ProgramRun.RunAsync("/bin/sh", ["generate.sh", _stubs.Path], Folder, ScriptTimeout);
    }

    public Task DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _stubs.Dispose();

    /// <summary>Runs a script with one JSON argument; its answer is one JSON object whose members are its steps.</summary>
    internal async Task<ClientAnswer> RunAsync(string script, object arguments, TimeSpan? timeout = null)
    {
        var environment = new Dictionary<string, string> { ["PYTHONPATH"] = _stubs.Path, ["PYTHONDONTWRITEBYTECODE"] = "1" };
        return ClientAnswer.Parse(
            await ProgramRun.RunAsync(Python, [script, JsonSerializer.Serialize(arguments)], Folder, timeout ?? ScriptTimeout, environment));
    }

    private static async Task<bool> IsInstalledAsync()
    {
        try
        {
            await ProgramRun.RunAsync(Python, ["-c", "import grpc, google.protobuf"], Folder, ScriptTimeout);
            await ProgramRun.RunAsync("/bin/sh", ["-c", "command -v protoc && command -v grpc_python_plugin"], Folder, ScriptTimeout);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task InstallAsync()
    {
        if (Environment.UserName != "root")
            throw new InvalidOperationException($"these tests need gRPC for Python: apt-get install {Packages}");
        await ProgramRun.RunAsync("/bin/sh", ["-c", $"apt-get update -qq && apt-get install -y -qq {Packages}"], Folder, InstallTimeout,
            new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" });
    }
}
