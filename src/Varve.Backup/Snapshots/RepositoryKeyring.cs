using Varve.Storage;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Backup.Snapshots;

/// <summary>A node's keys as they come from a repository, to open its data with. Without state.</summary>
internal static class RepositoryKeyring
{
    /// <summary>A keyring that is on no disk and is never changed; off where the node is not encrypted.</summary>
    public static Keyring Open(KeyringContent? content, TimeProvider time)
    {
        if (content is null)
            return Keyring.Off();
        KeyringStore nowhere = new(LinuxFileSystem.Instance, "a repository's keyring", RootKeySource.FromVariable("none"), RootKey.Create(), 0);
        return new Keyring(nowhere, content, time);
    }
}
