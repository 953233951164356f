namespace Varve.Storage.FileSystem;

/// <summary>An open file, read and written by position. Errors as in <see cref="IFileSystem"/>. Disposing does not sync.</summary>
internal interface IFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Who may read and write it.</summary>
    UnixFileMode Mode { get; }

    /// <summary>Grows or cuts the file. What is new reads as zeros.</summary>
    void SetLength(long lengthBytes);

    /// <summary>
    /// Has the disk keep room for a range within the file, whose content stays: writes into it then find room. False where the file system cannot do
    /// that. Fails with ENOSPC or EDQUOT where there is no room; a part of the range may have some then. Not durable before <see cref="Sync"/>.
    /// </summary>
    bool TryAllocate(long offset, long lengthBytes);

    /// <summary>Whether the path still leads to this file: it was neither deleted nor moved, nor was what it stands on taken away.</summary>
    bool IsInPlace { get; }

    /// <summary>Writes all of the bytes or throws. Not durable before <see cref="SyncData"/>.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Writes two pieces one behind the other, as one write.</summary>
    void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset);

    /// <summary>Reads up to the buffer's length; less only at the end of the file. Returns the bytes read.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>
    /// Makes the written bytes durable, and the metadata needed to read them back (fdatasync). After a failure the file is not to be trusted.
    /// </summary>
    void SyncData();

    /// <summary>Makes bytes and all metadata durable (fsync).</summary>
    void Sync();

    /// <summary>
    /// Says that nobody will read the file soon: what of it is durable needs no memory of the system. Without it, large files that are only written take the
    /// place of what is read. A wish; nothing but speed depends on it.
    /// </summary>
    void ReleaseCache()
    {
    }
}
