namespace Varve.Load.Backup;

/// <summary>restic with a repository in a directory and its default settings, but for what is said. It syncs the repository's files itself.</summary>
/// <param name="scratch">Where its repository, its cache and what it restores go.</param>
/// <param name="compression">auto, which is its default, or off.</param>
internal sealed class Restic(string scratch, string compression)
{
    private const string Program = "restic";

    private string Restored => Path.Combine(scratch, "restored");

    private Dictionary<string, string> Environment => new()
    {
        ["RESTIC_REPOSITORY"] = Path.Combine(scratch, "repository"),
        ["RESTIC_CACHE_DIR"] = Path.Combine(scratch, "cache"),
        ["RESTIC_PASSWORD"] = "benchmark",
        ["RESTIC_COMPRESSION"] = compression,
    };

    /// <summary>Whether it is installed.</summary>
    public static bool IsThere =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, Program)));

    public async Task MakeRepositoryAsync()
    {
        if (Directory.Exists(scratch))
            Directory.Delete(scratch, recursive: true);
        Directory.CreateDirectory(scratch);
        await PeerCommand.RunAsync(Environment, Program, "init", "--quiet");
    }

    public Task BackUpAsync(string directory) => PeerCommand.RunAsync(Environment, Program, "backup", "--quiet", directory);

    /// <summary>Restores the newest, and makes it durable.</summary>
    public async Task RestoreAsync()
    {
        await PeerCommand.RunAsync(Environment, Program, "restore", "latest", "--quiet", "--target", Restored);
        await PeerCommand.SyncAsync(Restored);
    }

    public void Clear() => Directory.Delete(scratch, recursive: true);
}
