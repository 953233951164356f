using Varve.Storage.FileSystem;

namespace Varve.Storage.Keys;

/// <summary>
/// Opens the keyring of a data directory, or makes one together with the directory. Whatever does not fit stops the opening with what to do, and
/// changes nothing. A keyring is durable before anything else of a new directory exists: data without one means that it was taken away.
/// </summary>
internal static class KeyringOpening
{
    /// <param name="fileSystem">Where the directory is.</param>
    /// <param name="directory">The data directory, locked.</param>
    /// <param name="holdsData">Whether a log, a checkpoint or anything else is there that belongs to a node.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="time">Says when keys are made.</param>
    /// <param name="cancellationToken">Ends the wait for a command.</param>
    public static async Task<Keyring> OpenAsync(
        IFileSystem fileSystem, string directory, bool holdsData, KeyOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, KeyringFile.FileName);
        byte[]? bytes = WholeFile.Read(fileSystem, path, KeyringFile.BytesMax);
        if (bytes is null && holdsData)
        {
            throw new StorageException(
                StorageErrorCode.Corruption,
                $"{directory} holds data, but the keyring {path} is missing; nothing was changed. Put it back: without it the data cannot be read");
        }

        if (bytes is null)
            return await MakeAsync(fileSystem, directory, path, options, time, cancellationToken).ConfigureAwait(false);
        KeyringFile file = KeyringFile.Parse(bytes, path);
        if (file.IsEncrypted != options.Encrypt)
            throw Contradiction(directory, file.IsEncrypted);
        if (!file.IsEncrypted)
            return Keyring.Off();
        RootKeySource source = options.Source ?? DefaultFile(directory);
        RootKey root = await RootOfAsync(fileSystem, file, path, source, cancellationToken).ConfigureAwait(false);
        KeyringContent content = file.Open(root);
        if (source is RootKeyFile rootFile && rootFile.HasNext(fileSystem))
        {
            // The rename of what was just read must not be lost when the other root key goes.
            fileSystem.SyncDirectory(directory);
            rootFile.Settle(fileSystem, root);
        }

        return new Keyring(new KeyringStore(fileSystem, path, source, root, file.Number), content, time);
    }

    /// <summary>
    /// Opens the keyring of a data directory for reading what it seals, whoever uses it. Nothing is changed, and nothing may be changed with it.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where it is missing or damaged,
    /// <see cref="StorageErrorCode.KeyMismatch"/> where the root key does not open it.</exception>
    public static async Task<Keyring> ReadAsync(IFileSystem fileSystem, string directory, RootKeySource? source, CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, KeyringFile.FileName);
        byte[] bytes = WholeFile.Read(fileSystem, path, KeyringFile.BytesMax)
            ?? throw new StorageException(StorageErrorCode.Corruption, $"{path} is missing") { File = path };
        KeyringFile file = KeyringFile.Parse(bytes, path);
        if (!file.IsEncrypted)
            return Keyring.Off();
        source ??= DefaultFile(directory);
        RootKey root = await RootOfAsync(fileSystem, file, path, source, cancellationToken).ConfigureAwait(false);
        return new Keyring(new KeyringStore(fileSystem, path, source, root, file.Number), file.Open(root), TimeProvider.System);
    }

    private static RootKeyFile DefaultFile(string directory) => new(Path.Combine(directory, RootKeyFile.DefaultName));

    private static async Task<Keyring> MakeAsync(
        IFileSystem fileSystem, string directory, string path, KeyOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!options.Encrypt)
        {
            WholeFile.Write(fileSystem, path, KeyringFile.EncodePlain());
            return Keyring.Off();
        }

        RootKeySource source = options.Source ?? DefaultFile(directory);
        RootKey root = source is RootKeyFile file && file.Path == DefaultFile(directory).Path && !file.Exists(fileSystem)
            ? file.Generate(fileSystem)
            : await source.ReadAsync(fileSystem, cancellationToken).ConfigureAwait(false);
        KeyringStore store = new(fileSystem, path, source, root, 0);
        KeyringContent first = Keyring.First(time);
        store.Write(first);
        return new Keyring(store, first, time);
    }

    /// <summary>The key that the keyring is sealed with: the source's, or that of a rotation of the source's file that was cut off.</summary>
    private static async Task<RootKey> RootOfAsync(
        IFileSystem fileSystem, KeyringFile file, string path, RootKeySource source, CancellationToken cancellationToken)
    {
        RootKey root = await source.ReadAsync(fileSystem, cancellationToken).ConfigureAwait(false);
        if (file.IsSealedWith(root))
            return root;
        if ((source as RootKeyFile)?.ReadNext(fileSystem) is { } next && file.IsSealedWith(next))
            return next;
        throw new StorageException(
            StorageErrorCode.KeyMismatch,
            $"the keyring {path} is sealed with another root key than the one from {source.Description}; nothing was changed. "
            + "Give it the key that this data directory was made with, or last rotated to");
    }

    private static StorageException Contradiction(string directory, bool isEncrypted) => new(
        StorageErrorCode.KeyMismatch,
        isEncrypted
            ? $"{directory} is encrypted, and encryption was turned off for this opening; nothing was changed. It can be turned off only when a "
                + "data directory is made"
            : $"{directory} was made without encryption, and this opening asks for it; nothing was changed. It can be turned on only when a data "
                + "directory is made: copy the data into a new one, or open this one with encryption off");
}
