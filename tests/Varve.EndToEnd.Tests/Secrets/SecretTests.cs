using System.Security.Cryptography;
using Amazon.Runtime;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Secrets;

/// <summary>
/// A daemon and commands with a store's credentials and a repository's key, in what goes well and in what fails: neither is in anything that they print, log or
/// serve.
/// </summary>
public sealed class SecretTests : IAsyncLifetime, IDisposable
{
    private const string KeyVariable = "VARVE_TEST_SECRET_KEY";
    private const string OtherKeyVariable = "VARVE_TEST_OTHER_KEY";

    private readonly TempDirectory _directory = new("secrets");
    private readonly SwiftServer _store = new();
    private readonly List<string> _said = [];

    private readonly Dictionary<string, string> _environment;

    public SecretTests()
    {
        ImmutableCredentials credentials = _store.Credentials.GetCredentials();
        _environment = new()
        {
            ["AWS_ACCESS_KEY_ID"] = credentials.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey,
            [KeyVariable] = NewKey(),
            [OtherKeyVariable] = NewKey(),
        };
    }

    private string Location => $"s3://backups/secrets?endpoint={_store.Location("backups").Endpoint}";

    public Task InitializeAsync() => _store.InitializeAsync();

    public Task DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Keys_and_credentials_are_in_nothing_that_is_said()
    {
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(
            _directory.File("data"),
            _environment,
            ["--backup-repository", Location, "--backup-key-variable", KeyVariable, "--backup-archive", "100ms", "--log-level", "trace"]);
        await SucceedAsync("stream", "create", "orders", "--column", "id int64", "--endpoint", daemon.Endpoint);
        await SucceedAsync("snapshot", "create", "--endpoint", daemon.Endpoint);
        await SucceedAsync("snapshot", "schedule", "--json", "--endpoint", daemon.Endpoint);
        await SucceedAsync(["snapshot", "list", "--json", .. Access(KeyVariable)]);
        await SucceedAsync(["snapshot", "verify", "--full", .. Access(KeyVariable)]);
        await SucceedAsync(["snapshot", "restore", "--to", _directory.File("restored"), .. Access(KeyVariable)]);

        await FailAsync("another key", _environment, ["snapshot", "list", .. Access(OtherKeyVariable)]);
        Dictionary<string, string> stranger = new(_environment) { ["AWS_ACCESS_KEY_ID"] = "nobody" };
        await FailAsync("SignatureDoesNotMatch", stranger, ["snapshot", "list", .. Access(KeyVariable)]);
        Dictionary<string, string> impostor = new(_environment) { ["AWS_SECRET_ACCESS_KEY"] = $"wrong-{Guid.NewGuid():n}" };
        await FailAsync("SignatureDoesNotMatch", impostor, ["snapshot", "list", .. Access(KeyVariable)]);
        await FailAsync("SignatureDoesNotMatch", impostor, ["snapshot", "restore", "--to", _directory.File("none"), .. Access(KeyVariable)]);
        Dictionary<string, string> clumsy = new(_environment) { [KeyVariable] = _environment[KeyVariable][..^1] };
        await FailAsync(KeyVariable, clumsy, ["snapshot", "list", .. Access(KeyVariable)]);
        await _store.KillAsync();
        await FailAsync("backups", _environment, ["snapshot", "list", .. Access(KeyVariable)]);
        await FailAsync("backups", _environment, "snapshot", "create", "--endpoint", daemon.Endpoint);
        await SucceedAsync("status", "--json", "--endpoint", daemon.Endpoint);
        await SucceedAsync("status", "--endpoint", daemon.Endpoint);
        using HttpClient http = new() { BaseAddress = new Uri($"http://{daemon.HttpEndpoint}") };
        _said.Add(await http.GetStringAsync("/metrics"));
        using HttpResponseMessage ready = await http.GetAsync("/health/ready");
        _said.Add(await ready.Content.ReadAsStringAsync());
        Note(await daemon.TerminateAsync());

        Assert.All(
            [
                _environment["AWS_SECRET_ACCESS_KEY"], impostor["AWS_SECRET_ACCESS_KEY"], _environment[KeyVariable], _environment[OtherKeyVariable],
                _environment[KeyVariable][..^1],
            ],
            secret => Assert.DoesNotContain(_said, said => said.Contains(secret, StringComparison.OrdinalIgnoreCase)));
        Assert.Contains(_said, said => said.Contains(Location, StringComparison.Ordinal));
    }

    private static string NewKey() => Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    private string[] Access(string keyVariable) => ["--repo", Location, "--repo-key-variable", keyVariable];

    private async Task SucceedAsync(params string[] arguments)
    {
        VarveResult result = await VarveProgram.RunAsync(arguments, null, _environment);
        _ = result.Successful();
        Note(result);
    }

    private async Task FailAsync(string why, Dictionary<string, string> environment, params string[] arguments)
    {
        VarveResult result = await VarveProgram.RunAsync(arguments, null, environment);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(why, result.Errors, StringComparison.Ordinal);
        Note(result);
    }

    private void Note(VarveResult result) => _said.AddRange([result.Output, result.Errors]);
}
