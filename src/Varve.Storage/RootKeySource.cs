using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Storage;

/// <summary>
/// Where the root key comes from: 32 bytes as 64 hexadecimal digits or as base64; a file or a command may also give the bytes themselves. Immutable.
/// </summary>
public abstract class RootKeySource
{
    private protected RootKeySource()
    {
    }

    /// <summary>For messages; without secrets.</summary>
    public abstract string Description { get; }

    /// <summary>A file, which has to be its owner's alone (mode 0600 or 0400).</summary>
    public static RootKeySource FromFile(string path) => new RootKeyFile(Path.GetFullPath(path));

    /// <summary>A variable of this process's environment.</summary>
    public static RootKeySource FromVariable(string name) => new RootKeyVariable(name);

    /// <summary>The standard output of a command, run by <c>/bin/sh</c>. One that takes longer is ended, and is an error.</summary>
    public static RootKeySource FromCommand(string command, TimeSpan timeLimit) => new RootKeyCommand(command, timeLimit);

    /// <summary>Throws <see cref="StorageErrorCode.KeyMismatch"/> where there is no key or it is not one.</summary>
    internal abstract Task<RootKey> ReadAsync(IFileSystem fileSystem, CancellationToken cancellationToken);

    private protected StorageException Unusable(string problem, Exception? inner = null) =>
        new(StorageErrorCode.KeyMismatch, $"the root key cannot be taken from {Description}: {problem}", inner);

    private protected RootKey Parse(ReadOnlySpan<byte> given, bool mayBeRaw) =>
        RootKey.TryParse(given, mayBeRaw, out RootKey? key, out string? problem) ? key : throw Unusable(problem);
}
