using System.Globalization;
using System.Text;

namespace Varve.Storage.FileSystem;

/// <summary>
/// The lock on a data directory: one process, one engine at a time. The kernel gives it back when the process ends, however it ends, so a
/// file that is left behind means nothing. The file holds the owner's process id, for the message to whoever comes second.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    public const string FileName = "lock";

    private const int NoteBytes = 16;

    private readonly IDisposable _lock;

    private DirectoryLock(IDisposable held) => _lock = held;

    /// <summary>Throws <see cref="StorageErrorCode.DirectoryLocked"/> where another holds it.</summary>
    public static DirectoryLock Take(IFileSystem fileSystem, string directory)
    {
        string path = Path.Combine(directory, FileName);
        IDisposable held = fileSystem.TryLock(path) ?? throw new StorageException(
            StorageErrorCode.DirectoryLocked,
            $"the data directory {directory} is in use by {Owner(fileSystem, path)} (it holds {path}); "
            + "stop that process or choose another directory");
        try
        {
            NoteOwner(fileSystem, path);
            return new DirectoryLock(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Written over what is there, so that it needs no room; a full disk on which there was never a process costs only the note.</summary>
    private static void NoteOwner(IFileSystem fileSystem, string path)
    {
        try
        {
            using IFile file = fileSystem.Open(path);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture).PadRight(NoteBytes - 1) + "\n"), 0);
            file.SetLength(NoteBytes);
        }
        catch (IOException full) when (Errno.IsDiskFull(full))
        {
            // The lock holds all the same.
        }
    }

    private static string Owner(IFileSystem fileSystem, string path)
    {
        using IFile file = fileSystem.OpenRead(path);
        Span<byte> bytes = stackalloc byte[NoteBytes];
        string text = Encoding.ASCII.GetString(bytes[..file.Read(bytes, 0)]).Trim();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? $"process {id}" : "another process";
    }
}
