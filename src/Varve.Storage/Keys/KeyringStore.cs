using Varve.Storage.FileSystem;

namespace Varve.Storage.Keys;

/// <summary>
/// The keyring on the disk, and the root key that it is sealed with. What is not written successfully may stand there all the same, or not: the next
/// writing settles it. One thread at a time.
/// </summary>
internal sealed class KeyringStore(IFileSystem fileSystem, string path, RootKeySource source, RootKey root, long number)
{
    private RootKey _root = root;
    private long _number = number;

    /// <summary>Throws <see cref="StorageErrorCode.DiskError"/> or <see cref="StorageErrorCode.DiskFull"/>.</summary>
    public void Write(KeyringContent content)
    {
        try
        {
            Write(content, _root);
        }
        catch (IOException e)
        {
            throw Failed($"the keyring {path} could not be written", e);
        }
    }

    /// <summary>
    /// Seals the keyring with another root key: the given one; else the one that stands in the source now, where that is another; else, where the
    /// source is a file, a fresh one that is put there.
    /// </summary>
    /// <remarks>
    /// A fresh key is durable beside the old one before the keyring is sealed with it, and takes its place afterwards. Whatever cuts this off, the
    /// keyring is sealed with a key that stands in one of the two files.
    /// </remarks>
    public async Task RotateRootAsync(KeyringContent content, RootKeySource? from, CancellationToken cancellationToken)
    {
        try
        {
            var file = source as RootKeyFile;
            if (file?.HasNext(fileSystem) == true)
            {
                // A rotation failed before. Once it is certain what the keyring is sealed with, it is clear which of the files goes.
                Write(content, _root);
                file.Settle(fileSystem, _root);
            }

            RootKey stored = await source.ReadAsync(fileSystem, cancellationToken).ConfigureAwait(false);
            RootKey? next = from is not null ? await from.ReadAsync(fileSystem, cancellationToken).ConfigureAwait(false)
                : !stored.Is(_root) ? stored
                : file is not null ? RootKey.Create()
                : null;
            if (next?.Is(_root) != false)
                throw Refused(from ?? source);
            if (file is null || next.Is(stored))
            {
                Write(content, next);
                return;
            }

            file.WriteNext(fileSystem, next);
            Write(content, next);
            file.TakeNext(fileSystem);
        }
        catch (IOException e)
        {
            throw Failed("the root key could not be rotated; the keyring is sealed with the old or the new one: keep both until it succeeds", e);
        }
    }

    private void Write(KeyringContent content, RootKey with)
    {
        byte[] bytes = KeyringFile.Encode(with, _number + 1, content);
        if (!KeyringFile.Parse(bytes, path).Open(with).IsSame(content))
            throw new InvalidOperationException("the keyring would not be read back as it is");
        WholeFile.Write(fileSystem, path, bytes);
        _number++;
        _root = with;
    }

    private static StorageException Refused(RootKeySource asked) => new(
        StorageErrorCode.KeyMismatch,
        $"the root key cannot be rotated: {asked.Description} gives the present one; let it give the new one, or name a file that holds it");

    private static StorageException Failed(string what, IOException e) =>
        new(Errno.IsDiskFull(e) ? StorageErrorCode.DiskFull : StorageErrorCode.DiskError, $"{what}: {e.Message}", e);
}
