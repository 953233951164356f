using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Client;
using Varve.Storage;
using Varve.Storage.Tests;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.Crash.Tests.Backups;

/// <summary>
/// A node with one stream of numbers, each its own offset, whose log is shipped to a repository all the time; as a process, over any number of lives. One
/// caller at a time.
/// </summary>
internal sealed class BackedUpNode : IDisposable
{
    public const string Stream = "s";

    /// <summary>So slow that a copy takes long enough to be cut off in its middle.</summary>
    public const string Limit = "1MB/s";
    public const long LimitBytesPerSecond = 1_000_000;

    private const int BatchRows = 300;

    private readonly TempDirectory _directory = new("backed-up");
    private readonly Random _random;
    private int _restoreCount;

    /// <param name="random">Of the rows' values.</param>
    /// <param name="repository">Where the repository is to be; null: beside the data.</param>
    public BackedUpNode(Random random, string? repository = null)
    {
        _random = random;
        Repository = repository ?? _directory.File("repository");
        KeyPath = _directory.File("repository.key");
        byte[] key = new byte[32];
        random.NextBytes(key);
        File.WriteAllText(KeyPath, Convert.ToHexString(key));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public string Repository { get; }

    public string KeyPath { get; }

    /// <summary>Rows that were sent, whether they were acknowledged or not.</summary>
    public long Sent { get; private set; }

    public long Acknowledged { get; private set; }

    /// <summary>For commands that open the repository by themselves.</summary>
    public string[] Access => ["--repo", Repository, "--repo-key-file", KeyPath];

    public string DataPath => _directory.File("data");

    /// <summary>Starts the next life, which has all that was acknowledged in the lives before.</summary>
    public async Task<VarveDaemon> StartAsync(params string[] arguments)
    {
        VarveDaemon daemon = await VarveDaemon.StartAsync(
            DataPath, ["--backup-repository", Repository, "--backup-key-file", KeyPath, "--backup-archive", "50ms", .. arguments]);
        using VarveClient client = Connect(daemon);
        await client.CreateStreamAsync(Stream, NumberRows.Schema, ifNotExists: true);
        long stored = (await client.DescribeStreamAsync(Stream)).EndOffset;
        Assert.InRange(stored, Acknowledged, Sent);
        Sent = Acknowledged = stored;
        return daemon;
    }

    public static VarveClient Connect(VarveDaemon daemon) => new(new VarveClientOptions { Endpoint = daemon.Endpoint });

    /// <summary>Appends batches.</summary>
    public async Task AppendAsync(VarveClient client, int batches)
    {
        for (int i = 0; i < batches; i++)
        {
            Sent += BatchRows;
            await client.AppendAsync(Stream, NumberRows.Batch(Acknowledged, BatchRows, _random));
            Acknowledged += BatchRows;
        }
    }

    /// <summary>Appends until the daemon is gone.</summary>
    public async Task AppendUntilKilledAsync(VarveClient client)
    {
        try
        {
            while (true)
                await AppendAsync(client, 1);
        }
        catch (VarveException)
        {
            // As every client finds it.
        }
    }

    public async Task<SnapshotRepository> OpenAsync() => await SnapshotRepository.OpenAsync(
        await RepositoryLocation.OpenAsync(Repository), RootKeySource.FromFile(KeyPath), makes: false);

    /// <summary>Fails unless every byte of the repository is as it should be.</summary>
    public async Task VerifyAsync(string when)
    {
        await using SnapshotRepository repository = await OpenAsync();
        VerifyReport report = await repository.VerifyAsync(isFull: true);
        Assert.True(report.Problems.Count == 0, $"{when}: {string.Join("; ", report.Problems)}");
    }

    public string NewDirectory() => _directory.File($"restored-{++_restoreCount}");

    /// <summary>Restores all that there is, and checks it.</summary>
    public async Task RestoreAsync(string directory, long rowsMin, string when)
    {
        await using SnapshotRepository repository = await OpenAsync();
        await repository.RestoreAsync(new RestoreOptions { Directory = directory });
        await CheckAsync(directory, rowsMin, when);
    }

    /// <summary>Fails unless a directory has the first rows, just these, and as many as it must have.</summary>
    public async Task CheckAsync(string directory, long rowsMin, string when)
    {
        await using StorageEngine engine = await StorageEngine.OpenAsync(new StorageOptions { Directory = directory });
        long[] numbers = engine.OpenView(Stream).Numbers();
        Assert.True(numbers.Length >= rowsMin && numbers.Length <= Sent, $"{when}: {numbers.Length} rows of {rowsMin} to {Sent}");
        for (int i = 0; i < numbers.Length; i++)
            Assert.True(numbers[i] == i, $"{when}: row {i} is {numbers[i]}");
    }

    public void Dispose() => _directory.Dispose();
}
