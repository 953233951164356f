using System.Net;
using System.Net.Sockets;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.CommandLine;

/// <summary>The daemon as its operator meets it: start, stop, and starts that must fail.</summary>
public sealed class DaemonProcessTests : IDisposable
{
    private readonly TempDirectory _directory = new("daemon-process");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_stop_is_orderly_and_the_rows_are_there_afterwards()
    {
        await using (VarveDaemon first = await VarveDaemon.StartAsync(_directory.File("data")))
        {
            (await first.RunWithInputAsync("id,name\n1,a\n2,b\n", "append", "people", "-", "--input", "csv")).Successful();
            Assert.Equal(0, (await first.TerminateAsync()).ExitCode);
        }

        await using VarveDaemon second = await VarveDaemon.StartAsync(_directory.File("data"));
        Assert.Equal("id,name\n1,a\n2,b\n", (await second.RunAsync("query", "select id, name from people order by _offset", "--format", "csv")).Successful());
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_directory_is_refused_and_the_first_goes_on()
    {
        await using VarveDaemon first = await VarveDaemon.StartAsync(_directory.File("data"));

        VarveResult second = await ServeAsync("--data", _directory.File("data"), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0");

        AssertRefused(second, _directory.File("data"));
        (await first.RunAsync("status")).Successful();
    }

    [Fact]
    public async Task A_root_key_from_a_command_or_a_variable_is_needed_at_every_start()
    {
        string key = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        string[] command = ["--keys-source", "command", "--keys-command", $"echo {key}"];
        await using (VarveDaemon first = await VarveDaemon.StartAsync(_directory.File("data"), command))
            (await first.RunWithInputAsync("id\n1\n", "append", "people", "-", "--input", "csv")).Successful();
        Assert.False(File.Exists(_directory.File("data/root.key")));

        string[] ports = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        AssertRefused(await ServeAsync(["--data", _directory.File("data"), .. ports]), "root.key");
        AssertRefused(
            await ServeAsync(["--data", _directory.File("data"), .. ports, "--keys-source", "command", "--keys-command", "exit 1"]), "exit");

        Dictionary<string, string> environment = new() { ["VARVE_ROOT_KEY"] = key };
        await using VarveDaemon second = await VarveDaemon.StartAsync(_directory.File("data"), environment, "--keys-source", "environment");
        Assert.Equal("id\n1\n", (await second.RunAsync("query", "select id from people", "--format", "csv")).Successful());
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        AssertRefused(await ServeAsync("--data", _directory.File("data"), "--listen", taken.LocalEndpoint.ToString()!, "--http", "127.0.0.1:0"), taken.LocalEndpoint.ToString()!);
    }

    [Theory]
    [InlineData("--listen", "0.0.0.0:0", "insecure")]
    [InlineData("--data-tail-memory-limit-bytes", "lots", "lots")]
    [InlineData("--tls-certificate-file", "only-half.pem", "KeyFile")]
    public async Task A_setting_that_cannot_be_honoured_stops_the_start(string flag, string value, string named) =>
        AssertRefused(await ServeAsync("--data", _directory.File("data"), "--http", "127.0.0.1:0", flag, value), named);

    [Fact]
    public async Task An_unknown_setting_in_the_file_stops_the_start()
    {
        string file = _directory.File("varve.json");
        await File.WriteAllTextAsync(file, """{ "Data": { "Directry": "/tmp/x" } }""");

        AssertRefused(await ServeAsync("--data", _directory.File("data"), "--config", file), "Directry");
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_named() =>
        AssertRefused(await ServeAsync("--data", "/proc/varve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"), "/proc/varve");

    private static Task<VarveResult> ServeAsync(params string[] arguments) => VarveProgram.RunAsync(["serve", .. arguments]);

    private static void AssertRefused(VarveResult result, string named)
    {
        Assert.NotEqual(0, result.ExitCode);
        string line = Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => l.StartsWith("varve: ", StringComparison.Ordinal));
        Assert.Contains(named, line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }
}
