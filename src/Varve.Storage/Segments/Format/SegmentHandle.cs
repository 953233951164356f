using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// A segment's file, opened when it is first needed and checked against what the catalog says of it. It is closed by the garbage collector once
/// nobody holds this any more: a view may read a file long after its name was deleted. Any thread.
/// </summary>
internal sealed class SegmentHandle(IFileSystem fileSystem, string path, SegmentInfo info, Func<int, StreamKey> keyOfVersion, SegmentMeter meter)
{
    private readonly Lock _opening = new();
    private volatile IFile? _file;
    private volatile SegmentReader? _reader;

    public string Path => path;

    /// <summary>Opens the operating system's file, and looks at nothing in it.</summary>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where it is missing.</exception>
    public IFile OpenFile()
    {
        if (_file is { } known)
            return known;
        lock (_opening)
        {
            try
            {
                return _file ??= fileSystem.OpenRead(path);
            }
            catch (IOException e) when (e.HResult == Errno.NoEntry)
            {
                throw SegmentDamage.InFile(path, "the file is missing", e);
            }
            catch (IOException e)
            {
                throw Unreadable(e);
            }
        }
    }

    /// <summary>With header and trailer read and checked.</summary>
    public SegmentReader Reader()
    {
        if (_reader is { } known)
            return known;
        IFile file = OpenFile();
        lock (_opening)
        {
            if (_reader is { } made)
                return made;
            try
            {
                SegmentReader reader = SegmentReader.Open(file, FindKey, meter);
                CheckIdentity(reader.Header, file.Length);
                return _reader = reader;
            }
            catch (IOException e)
            {
                throw Unreadable(e);
            }
        }
    }

    private StorageException Unreadable(IOException e) => new(StorageErrorCode.DiskError, $"cannot read segment {info.Id}: {e.Message}", e);

    private StreamKey FindKey(SegmentHeader header)
    {
        if (header.KeyVersion != info.KeyVersion)
            throw SegmentDamage.InFile(path, $"header: it names version {header.KeyVersion} of the stream's key, the catalog {info.KeyVersion}");
        return keyOfVersion(header.KeyVersion);
    }

    private void CheckIdentity(in SegmentHeader header, long fileBytes)
    {
        SegmentIdentity found = header.Identity;
        if (found.SegmentId == info.Id && found.StreamId == info.StreamId && header.KeyVersion == info.KeyVersion && fileBytes == info.FileBytes)
            return;
        throw SegmentDamage.InFile(
            path,
            $"header: it is segment {found.SegmentId} of stream {found.StreamId}, {fileBytes} bytes, key version {header.KeyVersion}; "
            + $"the catalog says segment {info.Id} of stream {info.StreamId}, {info.FileBytes} bytes, key version {info.KeyVersion}");
    }
}
