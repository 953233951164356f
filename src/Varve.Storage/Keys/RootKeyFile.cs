using Varve.Storage.FileSystem;

namespace Varve.Storage.Keys;

/// <summary>
/// The root key in a file that is its owner's alone. The only source that can be given a new key: rotation writes it under the name
/// <c>FILE.next</c>, then the keyring is sealed with it, then it takes the file's name. Whatever a crash leaves, one of the two files opens the
/// keyring, and the opening puts things in order. One thread at a time.
/// </summary>
internal sealed class RootKeyFile(string path) : RootKeySource
{
    /// <summary>In the data directory, unless another source is named.</summary>
    public const string DefaultName = "root.key";

    private const int BytesMax = 4096;
    private const UnixFileMode Allowed = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path => path;

    private string Next => path + ".next";

    public override string Description => $"the file {path}";

    public bool Exists(IFileSystem fileSystem) => fileSystem.FileExists(path);

    internal override Task<RootKey> ReadAsync(IFileSystem fileSystem, CancellationToken cancellationToken) =>
        Task.FromResult(Parse(ReadBytes(fileSystem, path), mayBeRaw: true));

    /// <summary>Makes a key where there is no file. It is there whole or not at all, with the mode 0600, and durable when this returns.</summary>
    public RootKey Generate(IFileSystem fileSystem)
    {
        RootKey key = RootKey.Create();
        WholeFile.Write(fileSystem, path, key.ToFile());
        return key;
    }

    /// <summary>Whether a rotation did not come to its end.</summary>
    public bool HasNext(IFileSystem fileSystem) => fileSystem.FileExists(Next);

    /// <summary>
    /// The key of a rotation that did not come to its end; null where there is none, or the file holds no key. Throws where it cannot be read: it
    /// may be the only one that opens the keyring.
    /// </summary>
    public RootKey? ReadNext(IFileSystem fileSystem) =>
        HasNext(fileSystem) && RootKey.TryParse(ReadBytes(fileSystem, Next), mayBeRaw: true, out RootKey? key, out _) ? key : null;

    /// <summary>The first step of a rotation: the new key is durable beside the old one. Nothing may need what stands there.</summary>
    public void WriteNext(IFileSystem fileSystem, RootKey key)
    {
        // A rotation before may have ended with a rename that is not durable: on the disk its key then stands under this name still.
        SyncDirectory(fileSystem);
        WholeFile.Write(fileSystem, Next, key.ToFile());
    }

    /// <summary>The last step, when the keyring is durable under the new key.</summary>
    public void TakeNext(IFileSystem fileSystem)
    {
        fileSystem.Rename(Next, path);
        SyncDirectory(fileSystem);
    }

    /// <summary>Ends a rotation that was cut off, when the keyring is durable under the given key: that key stays, the other one goes.</summary>
    public void Settle(IFileSystem fileSystem, RootKey root)
    {
        if (ReadNext(fileSystem)?.Is(root) == true)
        {
            TakeNext(fileSystem);
            return;
        }

        // As above.
        SyncDirectory(fileSystem);
        fileSystem.Delete(Next);
        SyncDirectory(fileSystem);
    }

    private void SyncDirectory(IFileSystem fileSystem) => fileSystem.SyncDirectory(System.IO.Path.GetDirectoryName(path)!);

    private byte[] ReadBytes(IFileSystem fileSystem, string from)
    {
        if (!fileSystem.FileExists(from))
        {
            throw Unusable(
                "there is no such file. Put the key there that the data directory was made with; "
                + $"for a new directory make one: (umask 077; openssl rand -hex 32 > {from})");
        }

        try
        {
            using IFile file = fileSystem.OpenRead(from);
            if ((file.Mode & ~Allowed) != 0)
            {
                string mode = Convert.ToString((int)file.Mode, 8).PadLeft(4, '0');
                throw Unusable($"others than its owner may use it (mode {mode}, expected 0600 or 0400); chmod 600 {from}");
            }

            byte[] content = new byte[BytesMax];
            return content[..file.Read(content, 0)];
        }
        catch (IOException e)
        {
            throw Unusable(e.Message, e);
        }
    }
}
