using Microsoft.Extensions.Logging;
using Varve.Storage.FileSystem;

namespace Varve.Backup;

/// <summary>
/// A place to restore to that is gone with this. It holds data and a key. What a process left that was killed is told by a lock that nobody holds, and
/// removed by the next one. One thread.
/// </summary>
public sealed class DrillScratch : IDisposable
{
    private const string Prefix = "varve-drill-";
    private const string LockName = "lock";

    private static readonly LinuxFileSystem Files = LinuxFileSystem.Instance;

    private readonly IDisposable _lock;

    private DrillScratch(string path, IDisposable held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>A directory of this one's own.</summary>
    public string Path { get; }

    /// <summary>Removes what killed processes have left in a directory.</summary>
    public static void Sweep(string directory, ILogger logger)
    {
        directory = System.IO.Path.GetFullPath(directory);
        if (!Directory.Exists(directory))
            return;
        foreach (string left in Directory.GetDirectories(directory, Prefix + "*"))
        {
            try
            {
                using IDisposable? held = Files.TryLock(System.IO.Path.Combine(left, LockName));
                if (held is null)
                    continue;
                Remove(left);
                logger.LogWarning("Removed {Directory}, which a drill that was cut off had left", left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.LogWarning("{Directory}, which a drill that was cut off has left, cannot be removed: {Reason}", left, e.Message);
            }
        }
    }

    /// <summary>Makes one in a directory, which is made too where only it is missing. Throws <see cref="IOException"/>.</summary>
    public static DrillScratch Create(string directory)
    {
        directory = System.IO.Path.GetFullPath(directory);
        if (!Directory.Exists(directory))
            Files.CreateDirectory(directory);
        while (true)
        {
            string path = System.IO.Path.Combine(directory, Prefix + Guid.NewGuid().ToString("n")[..8]);
            Files.CreateDirectory(path);

            // Between the two somebody else may have taken it for one that was left.
            if (TryLock(path) is { } held)
                return new DrillScratch(path, held);
        }
    }

    public void Dispose()
    {
        Remove(Path);
        _lock.Dispose();
    }

    /// <summary>File by file, since that gives back the room of large ones without holding up those who write beside it.</summary>
    private static void Remove(string path)
    {
        foreach (string file in Directory.GetFiles(path, "*", SearchOption.AllDirectories))
            Files.Delete(file);
        Directory.Delete(path, recursive: true);
    }

    private static IDisposable? TryLock(string path)
    {
        string file = System.IO.Path.Combine(path, LockName);
        try
        {
            IDisposable? held = Files.TryLock(file);
            if (held is null || File.Exists(file))
                return held;
            held.Dispose();
        }
        catch (IOException) when (!Directory.Exists(path))
        {
            // Gone: another one is made.
        }

        return null;
    }
}
