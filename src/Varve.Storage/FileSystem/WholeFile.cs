namespace Varve.Storage.FileSystem;

/// <summary>
/// Small files that are written and read as a whole: written aside, synced, renamed, directory synced, so that at any moment the name stands for the
/// old content or the new one, complete. One thread at a time for each name.
/// </summary>
internal static class WholeFile
{
    /// <summary>What is added to the name while the file is written. One that a crash left behind means nothing and is replaced.</summary>
    public const string AsideSuffix = ".new";

    /// <summary>Durable when it returns. When it throws, the name stands for the old content or the new one.</summary>
    public static void Write(IFileSystem fileSystem, string path, ReadOnlySpan<byte> content)
    {
        string aside = path + AsideSuffix;
        if (fileSystem.FileExists(aside))
            fileSystem.Delete(aside);
        using (IFile file = fileSystem.Create(aside))
        {
            file.Write(content, 0);
            file.Sync();
        }

        fileSystem.Rename(aside, path);
        fileSystem.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Null where there is no such file. Throws <see cref="StorageErrorCode.Corruption"/> for one that is longer than it can be.</summary>
    public static byte[]? Read(IFileSystem fileSystem, string path, int bytesMax)
    {
        if (!fileSystem.FileExists(path))
            return null;
        using IFile file = fileSystem.OpenRead(path);
        long length = file.Length;
        if (length > bytesMax)
            throw new StorageException(StorageErrorCode.Corruption, $"{path} is damaged: it has {length} bytes, at most {bytesMax} are possible");
        byte[] content = new byte[length];
        return content.AsSpan(0, file.Read(content, 0)).ToArray();
    }
}
