using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Server;
using Varve.Server.Configuration;
using Varve.Storage;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.EndToEnd.Tests.Restore;

/// <summary>
/// A daemon under full load takes snapshots and ships its log; it is killed and its directory deleted. Whatever moment is restored of the repository, it
/// is the node of that moment: rows, settings, keys, producers, consumers.
/// </summary>
public sealed class RestoreAnywhereTests(ITestOutputHelper output) : IDisposable
{
    private const string KeyVariable = "VARVE_TEST_REPOSITORY_KEY";
    private const int Increments = 10;
    private const int Moments = 20;

    private readonly TempDirectory _directory = new("anywhere");
    private readonly WrittenNode _node = new();
    private long _archivedUpTo = long.MaxValue;

    private string Repository => _directory.File("repository");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Any_moment_comes_back_after_a_kill_under_load_and_the_loss_of_the_directory()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        (long from, long to) = await LoseNodeAsync(seed, random);
        WrittenBatch[] answered = [.. _node.Batches.Where(b => b.Ack?.Position >= from && b.Ack.Position <= to).OrderBy(b => b.AckedAt)];
        for (int i = 0; i < Moments; i++)
        {
            string at = i % 3 == 0
                ? answered[random.Next(answered.Length)].AckedAt.AddTicks(random.Next(100_000)).UtcDateTime.ToString("O")
                : $"{random.NextInt64(from, to + 1)}";
            if (i < 2)
                await RestoreByProgramAsync(at);
            else
                await RestoreHereAsync(at);
        }

        output.WriteLine($"{_node.Batches.Count()} batches, {_node.Dropped.Count()} streams dropped, positions {from} to {to}");
    }

    /// <summary>Returns the position of the first snapshot, and the last one that can be restored.</summary>
    private async Task<(long From, long To)> LoseNodeAsync(int seed, Random random)
    {
        (List<Snapshot> snapshots, long archivedUpTo) = await RunAndKillAsync(seed, random);
        RestoreResult newest = await RestoreHereAsync(null);
        Assert.True(newest.Position >= archivedUpTo, $"the status said that {archivedUpTo} can be restored, all that is restored ends at {newest.Position}");
        _archivedUpTo = newest.Position;
        return (snapshots[0].Position, newest.Position);
    }

    /// <summary>
    /// Returns the snapshots, and what the node said last of how far its archive reaches, behind them all. Its clients have ended, too: what they wrote is
    /// only looked at when nobody writes it.
    /// </summary>
    private async Task<(List<Snapshot> Snapshots, long ArchivedUpTo)> RunAndKillAsync(int seed, Random random)
    {
        string data = _directory.File("data");
        Environment.SetEnvironmentVariable(KeyVariable, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(
            data, "--seal-rows", "2000", "--backup-repository", Repository, "--backup-key-variable", KeyVariable, "--backup-archive", "100ms");
        using VarveClient client = new(new VarveClientOptions { Endpoint = daemon.Endpoint });
        await using NodeLoad load = new(daemon.Endpoint, _node, seed);
        await load.StartAsync();
        List<Snapshot> snapshots = [];
        for (int i = 0; i <= Increments; i++)
        {
            await load.ProgressAsync(random.Next(20, 200));
            CreatedSnapshot taken = await client.CreateSnapshotAsync();
            Assert.Empty(taken.Problems);
            snapshots.Add(taken.Snapshot);
        }

        long archivedUpTo = 0;
        while (archivedUpTo <= snapshots[^1].Position)
        {
            await load.ProgressAsync(random.Next(1, 50));
            archivedUpTo = (await client.GetStatusAsync()).Repositories.Single().Lag.ArchivedUpTo;
        }

        await daemon.KillAsync();
        Directory.Delete(data, recursive: true);
        return (snapshots, archivedUpTo);
    }

    /// <param name="at">A position, a time, or null: all that there is.</param>
    private async Task<RestoreResult> RestoreHereAsync(string? at)
    {
        await using SnapshotRepository repository = await SnapshotRepository.OpenAsync(
            await RepositoryLocation.OpenAsync(Repository), RootKeySource.FromVariable(KeyVariable), makes: false);
        bool isPosition = long.TryParse(at, out long position);
        RestoreResult restored = await repository.RestoreAsync(new RestoreOptions
        {
            Directory = _directory.File("restored"),
            Position = isPosition ? position : null,
            Time = isPosition || at is null ? null : DateTimeOffset.Parse(at),
        });
        VarveServerOptions options = new();
        options.Data.Directory = restored.Directory;
        options.Listen.Grpc = Endpoint.Parse("127.0.0.1:0");
        options.Listen.Http = Endpoint.Parse("127.0.0.1:0");
        await using (VarveServer server = await VarveServer.StartAsync(options, NullLoggerFactory.Instance))
            await CheckAsync($"{server.GrpcEndpoint}", at, restored.Position, restored.Erased);
        Directory.Delete(restored.Directory, recursive: true);
        return restored;
    }

    /// <summary>As somebody does whose machine is gone: the command, and a daemon on what it made.</summary>
    private async Task RestoreByProgramAsync(string at)
    {
        string directory = _directory.File("restored-by-program");
        VarveResult result = await VarveProgram.RunAsync(
            ["snapshot", "restore", "--repo", Repository, "--repo-key-variable", KeyVariable, "--to", directory, "--at", at, "--json"]);
        JsonElement restored = JsonDocument.Parse(result.Successful()).RootElement;
        await using (VarveDaemon daemon = await VarveDaemon.StartAsync(directory))
        {
            await CheckAsync(
                daemon.Endpoint,
                at,
                restored.GetProperty("position").GetInt64(),
                [.. restored.GetProperty("erased").EnumerateArray().Select(e => e.GetString()!)]);
        }

        Directory.Delete(directory, recursive: true);
    }

    private async Task CheckAsync(string endpoint, string? at, long position, IReadOnlyList<string> erased)
    {
        if (long.TryParse(at, out long wanted))
            Assert.Equal(wanted, position);
        else if (at is not null)
            CheckTime(DateTimeOffset.Parse(at), position);
        using VarveClient client = new(new VarveClientOptions { Endpoint = endpoint });
        await _node.CheckAsync(client, position, erased);
    }

    /// <summary>What was answered before a time is there, and what was begun behind it is not.</summary>
    private void CheckTime(DateTimeOffset time, long position)
    {
        Assert.DoesNotContain(_node.Batches, b => b.Ack?.Position > position && b.Ack.Position <= _archivedUpTo && b.AckedAt < time);
        Assert.DoesNotContain(_node.Batches, b => b.Ack?.Position <= position && b.SentAt > time.AddMilliseconds(1));
    }
}
