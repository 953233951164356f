using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Keys;

/// <summary>A keyring in a directory of a disk in memory.</summary>
internal static class KeyringHost
{
    public static string Path => System.IO.Path.Combine(FaultyFileSystem.Root, KeyringFile.FileName);

    public static string RootPath => System.IO.Path.Combine(FaultyFileSystem.Root, RootKeyFile.DefaultName);

    public static Task<Keyring> OpenAsync(IFileSystem disk, RootKeySource? source = null, bool holdsData = false, bool encrypt = true) =>
        KeyringOpening.OpenAsync(
            disk,
            FaultyFileSystem.Root,
            holdsData,
            new KeyOptions { Source = source, Encrypt = encrypt },
            TimeProvider.System,
            CancellationToken.None);

    public static async Task<StorageException> RefusedAsync(
        IFileSystem disk, StorageErrorCode code, RootKeySource? source = null, bool holdsData = true, bool encrypt = true)
    {
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(disk, source, holdsData, encrypt));
        Assert.Equal(code, e.Code);
        return e;
    }

    /// <summary>All keys as text, to compare.</summary>
    public static string Show(this Keyring keyring) => string.Join(
        "; ",
        Enumerable.Range(0, (int)keyring.KeyedUpTo + 1).SelectMany(id => keyring.Versions(id))
            .Select(v => $"{v.Key.StreamId}.{v.Key.Version}@{v.LastPosition}={Convert.ToHexString(v.Key.Secret)}"));

    /// <summary>The content of the disk, to compare.</summary>
    public static string Show(this FaultyFileSystem disk) => string.Join(
        "; ", disk.Image(FaultyFileSystem.Root).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={Convert.ToHexString(f.Value)}"));

    public static void Overwrite(this FaultyFileSystem disk, string path, byte[] content)
    {
        if (disk.FileExists(path))
            disk.Delete(path);
        using IFile file = disk.Create(path);
        file.Write(content, 0);
        file.Sync();
        disk.SyncDirectory(FaultyFileSystem.Root);
    }

    public static byte[] Content(this FaultyFileSystem disk, string path) => disk.Image(FaultyFileSystem.Root)[System.IO.Path.GetFileName(path)];
}
