using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Storage.Segments;

/// <summary>Finds the keys of a segment file in its data directory, for those who look at it from outside. Any thread.</summary>
internal static class SegmentKeys
{
    /// <summary>The data directory in whose folder of segments a file stands, if it stands in one.</summary>
    public static string DirectoryOf(string segmentPath) => Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(segmentPath))) ?? "/";

    /// <summary>Reads the keyring of a data directory.</summary>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.KeyMismatch"/> where there is none, or the root key does not open
    /// it.</exception>
    public static async Task<KeyringContent> ReadAsync(
        IFileSystem fileSystem, string directory, RootKeySource? rootKey, CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, KeyringFile.FileName);
        byte[] bytes = (fileSystem.FileExists(path) ? WholeFile.Read(fileSystem, path, KeyringFile.BytesMax) : null)
            ?? throw Missing($"there is no keyring at {path}");
        KeyringFile file = KeyringFile.Parse(bytes, path);
        if (!file.IsEncrypted)
            throw Missing($"the keyring {path} holds no keys: encryption is off there");
        RootKeySource source = rootKey ?? new RootKeyFile(Path.Combine(directory, RootKeyFile.DefaultName));
        RootKey root = await source.ReadAsync(fileSystem, cancellationToken).ConfigureAwait(false);
        return file.IsSealedWith(root)
            ? file.Open(root)
            : throw Missing($"the keyring {path} is sealed with another root key than the one from {source.Description}");
    }

    public static StreamKey? Find(KeyringContent keys, long streamId, int version) =>
        keys.Keys.FirstOrDefault(k => k.Key.StreamId == streamId && k.Key.Version == version)?.Key;

    private static StorageException Missing(string problem) =>
        new(StorageErrorCode.KeyMismatch, $"the segment is encrypted, and {problem}: only its header can be shown");
}
