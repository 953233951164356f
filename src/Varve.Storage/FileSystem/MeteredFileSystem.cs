namespace Varve.Storage.FileSystem;

/// <summary>
/// A file system whose reads are counted, and held up by whoever wants them slower. All else passes through. Any thread.
/// </summary>
/// <param name="inner">The file system.</param>
/// <param name="afterRead">Called on the reading thread, after each read, with its bytes; may wait, or throw to end what is read for.</param>
internal sealed class MeteredFileSystem(IFileSystem inner, Action<int> afterRead) : IFileSystem
{
    private long _bytesRead;

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public bool FileExists(string path) => inner.FileExists(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IReadOnlyList<(string Name, long LengthBytes)> ListLengths(string directory) => inner.ListLengths(directory);

    public IFile Create(string path) => inner.Create(path);

    public IFile Open(string path) => new MeteredFile(this, inner.Open(path));

    public IFile? OpenDirect(string path) => inner.OpenDirect(path);

    public IFile OpenRead(string path) => new MeteredFile(this, inner.OpenRead(path));

    public void Rename(string from, string to) => inner.Rename(from, to);

    public bool TryLink(string from, string to) => inner.TryLink(from, to);

    public void Delete(string path, IFile? reader = null) => inner.Delete(path, reader is MeteredFile metered ? metered.Inner : reader);

    public void EndDeletes(string directory) => inner.EndDeletes(directory);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IDisposable? TryLock(string path) => inner.TryLock(path);

    private void Read(int bytes)
    {
        Interlocked.Add(ref _bytesRead, bytes);
        afterRead(bytes);
    }

    private sealed class MeteredFile(MeteredFileSystem owner, IFile file) : IFile
    {
        public IFile Inner => file;

        public string Path => file.Path;

        public long Length => file.Length;

        public UnixFileMode Mode => file.Mode;

        public bool IsInPlace => file.IsInPlace;

        public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

        public bool TryAllocate(long offset, long lengthBytes) => file.TryAllocate(offset, lengthBytes);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset) => file.Write(first, second, offset);

        public int Read(Span<byte> buffer, long offset)
        {
            int read = file.Read(buffer, offset);
            owner.Read(read);
            return read;
        }

        public void SyncData() => file.SyncData();

        public void Sync() => file.Sync();

        public void ReleaseCache() => file.ReleaseCache();

        public void Dispose() => file.Dispose();
    }
}
