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
    private const string Check =
        $"{DebianPackages.Python} -c 'import grpc, google.protobuf' && command -v protoc && command -v grpc_python_plugin";

    private const string Packages = "python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc";

    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(3);

    private readonly TempDirectory _stubs = new("stubs");

    private static string Folder => Path.Combine(RepositoryRoot.Path, "tests", "clients", "python");

    public async Task InitializeAsync()
    {
        await DebianPackages.RequireAsync(Check, Packages);
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
        return ClientAnswer.Parse(await ProgramRun.RunAsync(
            DebianPackages.Python, [script, JsonSerializer.Serialize(arguments)], Folder, timeout ?? ScriptTimeout, environment));
    }
}
