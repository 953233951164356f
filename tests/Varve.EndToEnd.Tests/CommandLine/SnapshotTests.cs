using System.Security.Cryptography;
using System.Text.Json;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.CommandLine;

/// <summary>varve snapshot: through the daemon without a key, without a daemon with one; what it prints and the exit codes.</summary>
public sealed class SnapshotTests : IDisposable
{
    private const int Failed = 1;
    private const int Rows = 20_000;
    private const string KeyVariable = "VARVE_TEST_SNAPSHOT_COMMANDS_KEY";

    private readonly TempDirectory _directory = new("snapshot");

    private string Repository => _directory.File("repository");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Commands_without_a_key_ask_the_daemon_and_those_with_one_need_none()
    {
        Environment.SetEnvironmentVariable(KeyVariable, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        string data = _directory.File("data");
        string hash;
        await using (VarveDaemon daemon = await VarveDaemon.StartAsync(
            data, "--backup-repository", Repository, "--backup-key-variable", KeyVariable, "--backup-every", "6h", "--backup-keep", "14d/8w", "--backup-drill-every", "7d"))
        {
            (await daemon.RunWithInputAsync(Csv(), "append", "people", "-", "--input", "csv")).Successful();
            string id = (await JsonAsync(daemon, "create")).GetProperty("id").GetString()!;
            Assert.Contains(id, (await JsonAsync(daemon, "list")).EnumerateArray().Select(s => s.GetProperty("id").GetString()));
            Assert.Equal(Rows, (await JsonAsync(daemon, "show", id)).GetProperty("rows").GetInt64());
            Assert.Equal(0, (await JsonAsync(daemon, "verify", "--full", "--repo", Repository)).GetProperty("problems").GetArrayLength());
            Assert.Contains(id, (await JsonAsync(daemon, "prune", "--keep", "1d", "--dry-run")).GetProperty("kept").EnumerateArray().Select(s => s.GetString()));

            await OfOneStreamAsync(daemon, whole: id);

            JsonElement drill = await JsonAsync(daemon, "drill");
            Assert.True(drill.GetProperty("ok").GetBoolean());
            JsonElement people = Assert.Single(drill.GetProperty("streams").EnumerateArray());
            Assert.Equal(Rows, people.GetProperty("compared_rows").GetInt64());
            hash = people.GetProperty("hash").GetString()!;

            JsonElement schedule = Assert.Single((await JsonAsync(daemon, "schedule")).EnumerateArray());
            Assert.Equal(("6h", "14d/8w", "7d"), (Text(schedule, "every"), Text(schedule, "keep"), Text(schedule, "drill_every")));
            JsonElement last = schedule.GetProperty("jobs").GetProperty("drill");
            Assert.Equal((JsonValueKind.Null, 1), (last.GetProperty("error").ValueKind, last.GetProperty("runs").GetInt32()));
            string text = (await daemon.RunAsync("snapshot", "schedule")).Successful();
            Assert.All(["every 6h", "keep 14d/8w", "every 7d", "restored"], part => Assert.Contains(part, text, StringComparison.Ordinal));
            Assert.Contains($"drill in {Repository}", (await daemon.RunAsync("status")).Successful(), StringComparison.Ordinal);

            // The node's own rows are damaged: now a drill cannot say that they are what was backed up.
            string segment = Directory.GetFiles(Path.Combine(data, "segments"), "*.seg").Single();
            byte[] bytes = await File.ReadAllBytesAsync(segment);
            for (int i = bytes.Length / 8; i < bytes.Length / 2; i++)
                bytes[i] ^= 1;
            await File.WriteAllBytesAsync(segment, bytes);
            VarveResult failing = await daemon.RunAsync("snapshot", "drill");
            Assert.Equal(Failed, failing.ExitCode);
            Assert.Contains("stream 'people': the node's own rows cannot be read, see varve check", failing.Errors, StringComparison.Ordinal);
            Assert.Equal(Failed, (await daemon.RunAsync("snapshot", "schedule")).ExitCode);
            VarveResult scratch = await daemon.RunAsync("snapshot", "drill", "--scratch", _directory.Path);
            Assert.Contains("--scratch goes with a key", scratch.Errors, StringComparison.Ordinal);
        }

        string[] here = ["--repo", Repository, "--repo-key-variable", KeyVariable];
        JsonElement offline = Parse(await VarveProgram.RunAsync(["snapshot", "drill", "--json", "--scratch", _directory.File("scratch"), .. here]));
        Assert.Equal(hash, Assert.Single(offline.GetProperty("streams").EnumerateArray()).GetProperty("hash").GetString());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.File("scratch")));
        Assert.NotEmpty(Parse(await VarveProgram.RunAsync(["snapshot", "list", "--json", .. here])).EnumerateArray());
    }

    private async Task OfOneStreamAsync(VarveDaemon daemon, string whole)
    {
        JsonElement some = await JsonAsync(daemon, "create", "--stream", "people");
        Assert.Equal(["people"], some.GetProperty("only_streams").EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(0, (await JsonAsync(daemon, "show", whole)).GetProperty("only_streams").GetArrayLength());
        Assert.Contains("only people", (await daemon.RunAsync("snapshot", "list")).Successful(), StringComparison.Ordinal);
        VarveResult none = await daemon.RunAsync("snapshot", "create", "--stream", "nowhere");
        Assert.Equal(Failed, none.ExitCode);
        Assert.Contains("there is no stream 'nowhere'", none.Errors, StringComparison.Ordinal);
        JsonElement byClock = Assert.Single((await JsonAsync(daemon, "schedule")).EnumerateArray()).GetProperty("jobs").GetProperty("snapshot");
        Assert.Equal(JsonValueKind.Null, byClock.GetProperty("error").ValueKind);
        string[] restore = ["snapshot", "restore", "--repo", Repository, "--repo-key-variable", KeyVariable, "--json"];
        string id = some.GetProperty("id").GetString()!;
        Assert.NotEqual(id, Parse(await VarveProgram.RunAsync([.. restore, "--to", _directory.File("newest")])).GetProperty("snapshot").GetString());
        Assert.Equal(Rows, Parse(await VarveProgram.RunAsync([.. restore, "--to", _directory.File("some"), "--snapshot", id])).GetProperty("rows").GetInt64());
    }

    /// <summary>Numbers that no segment holds without their bytes.</summary>
    private static string Csv() => "id,name\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => $"{i * 7_919L % 100_003},n{i * 31 % 1_009}\n"));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<JsonElement> JsonAsync(VarveDaemon daemon, params string[] arguments) =>
        Parse(await daemon.RunAsync(["snapshot", .. arguments, "--json"]));

    private static JsonElement Parse(VarveResult result) => JsonDocument.Parse(result.Successful()).RootElement.Clone();
}
