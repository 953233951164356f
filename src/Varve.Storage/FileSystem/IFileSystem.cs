namespace Varve.Storage.FileSystem;

/// <summary>
/// The seam between the engine and the disk. Every call that fails throws an <see cref="IOException"/> whose <see cref="Exception.HResult"/> is
/// the errno and whose message names the call and the path. Nothing is durable before its sync: a file's bytes by <see cref="IFile.SyncData"/>,
/// its name by <see cref="SyncDirectory"/> of the directory it stands in.
/// </summary>
/// <remarks>Any thread may call anything at any time; who uses one file from several threads orders overlapping ranges himself.</remarks>
internal interface IFileSystem
{
    /// <summary>Creates the directory; succeeds where it exists already. Not durable before its parent is synced.</summary>
    void CreateDirectory(string path);

    bool DirectoryExists(string path);

    bool FileExists(string path);

    /// <summary>The names (without path) of the files in a directory, in ordinal order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>
    /// As <see cref="ListFiles"/>, with the length of each in bytes, found without opening it. Files that come or go meanwhile may be listed or not.
    /// </summary>
    IReadOnlyList<(string Name, long LengthBytes)> ListLengths(string directory);

    /// <summary>Creates a file for reading and writing; fails with EEXIST where there is one.</summary>
    IFile Create(string path);

    /// <summary>Opens an existing file for reading and writing; fails with ENOENT where there is none.</summary>
    IFile Open(string path);

    /// <summary>
    /// Opens an existing file for writes that pass by the page cache: of whole blocks of 4096 bytes, at multiples of that, from memory at multiples
    /// of that. What is durable, and when, does not change. Null where the file system has no such thing.
    /// </summary>
    IFile? OpenDirect(string path);

    /// <summary>Opens an existing file for reading only.</summary>
    IFile OpenRead(string path);

    /// <summary>Atomic. Replaces a file that stands at the new name. Durable after the directory's sync.</summary>
    void Rename(string from, string to);

    /// <summary>
    /// Gives a file a second name, atomically; false, with nothing changed, where a file stands at that name. Fails with EPERM or ENOTSUP where the file
    /// system knows one name of a file only. Durable after the directory's sync.
    /// </summary>
    bool TryLink(string from, string to);

    /// <summary>
    /// Fails with ENOENT where there is no such file. Durable after the directory's sync. Who has it open must not count on reading all of it any more: the
    /// room of a large file may be given back from its end on, by and by.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="reader">The file, opened: by way of it, and it alone, all of it can be read until it is disposed or collected.</param>
    void Delete(string path, IFile? reader = null);

    /// <summary>
    /// Gives back at once what is left of the files that were deleted below a directory, and closes them, but for those that have a reader: whoever is done
    /// with it may unmount what it lies on.
    /// </summary>
    void EndDeletes(string directory);

    /// <summary>Makes creations, renames and deletions in a directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>
    /// Takes an exclusive lock on the file, creating it where needed; null where another holder has it. Released on dispose and when the process
    /// ends.
    /// </summary>
    IDisposable? TryLock(string path);
}
