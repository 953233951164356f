using System.Text;
using Varve.Backup.Tests.Places;
using Varve.Storage;
using Varve.Storage.FileSystem;
using Varve.Storage.Tests;
using Varve.Testing;

namespace Varve.Backup.Tests;

/// <summary>A node with a small log, a repository, and places to restore to.</summary>
internal sealed class BackupHost : IAsyncDisposable
{
    private readonly TempDirectory _directory = new("backup");
    private int _restoreCount;

    private BackupHost(EngineHost node, RepositoryPlace place)
    {
        Node = node;
        Place = place;
    }

    public EngineHost Node { get; }

    public StorageEngine Engine => Node.Engine;

    /// <summary>Where the repository lies; a directory where nothing else was said.</summary>
    public RepositoryPlace Place { get; }

    public string KeyPath => _directory.File("repository.key");

    public static async Task<BackupHost> StartAsync(Func<StorageOptions, StorageOptions>? change = null, RepositoryPlace? place = null)
    {
        EngineHost node = await EngineHost.StartAsync(o => (change ?? (x => x))(o with { SealRows = 2_000, CheckpointInterval = TimeSpan.FromHours(1) }));
        BackupHost host = new(node, place ?? new DirectoryPlace());
        WriteKey(host.KeyPath, 7);
        return host;
    }

    public static void WriteKey(string path, byte seed)
    {
        byte[] key = new byte[32];
        new Random(seed).NextBytes(key);
        WholeFile.Write(LinuxFileSystem.Instance, path, Encoding.ASCII.GetBytes(Convert.ToHexString(key)));
    }

    public async Task<SnapshotRepository> OpenAsync(bool makes = true, string? keyPath = null) => await SnapshotRepository.OpenAsync(
        await Place.OpenAsync(), RootKeySource.FromFile(keyPath ?? KeyPath), makes);

    /// <summary>Takes a snapshot that finds nothing wrong.</summary>
    public async Task<SnapshotDescription> SnapshotAsync(SnapshotOptions? options = null)
    {
        await using SnapshotRepository repository = await OpenAsync();
        SnapshotResult result = await repository.CreateAsync(Engine, options);
        Assert.Empty(result.Problems);
        return result.Snapshot;
    }

    public async Task<RestoreResult> RestoreAsync(RestoreOptions options)
    {
        await using SnapshotRepository repository = await OpenAsync(makes: false);
        return await repository.RestoreAsync(options);
    }

    public RestoreOptions ToNewDirectory(string? snapshotId = null) => new()
    {
        Directory = _directory.File($"restored-{++_restoreCount}"),
        SnapshotId = snapshotId,
        LogSizes = Node.Options.LogSizes,
    };

    /// <summary>Opens what was restored.</summary>
    public Task<StorageEngine> OpenAsync(RestoreResult restored) => StorageEngine.OpenAsync(Node.Options with { Directory = restored.Directory });

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Place.DisposeAsync();
        _directory.Dispose();
    }
}
