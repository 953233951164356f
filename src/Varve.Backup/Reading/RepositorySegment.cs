using Varve.Backup.Repositories;
using Varve.Backup.Snapshots;
using Varve.Storage.FileSystem;

namespace Varve.Backup.Reading;

/// <summary>A segment's file as it lies in a repository, in pieces. For reading alone. Thread-safe.</summary>
internal sealed class RepositorySegment(string path, SegmentPieces segment, ObjectFrames frames) : IFile
{
    public string Path => path;

    public long Length => segment.FileBytes;

    public UnixFileMode Mode => UnixFileMode.UserRead;

    public bool IsInPlace => true;

    /// <summary>Fails with EIO where the repository does, or where the object is damaged; the reason says which.</summary>
    public int Read(Span<byte> buffer, long offset)
    {
        int total = (int)Math.Clamp(segment.FileBytes - offset, 0, buffer.Length);
        buffer = buffer[..total];
        try
        {
            while (!buffer.IsEmpty)
            {
                long inPiece = offset % SnapshotManifest.PieceBytes;
                ObjectRef piece = segment.Objects[(int)(offset / SnapshotManifest.PieceBytes)];
                int count = (int)Math.Min(buffer.Length, piece.ContentBytes - inPiece);
                frames.Read(piece, inPiece, buffer[..count]);
                buffer = buffer[count..];
                offset += count;
            }
        }
        catch (Exception e) when (e is BackupException or RepositoryException)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }

        return total;
    }

    public void SetLength(long lengthBytes) => throw ReadOnly();

    public bool TryAllocate(long offset, long lengthBytes) => throw ReadOnly();

    public void Write(ReadOnlySpan<byte> bytes, long offset) => throw ReadOnly();

    public void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset) => throw ReadOnly();

    public void SyncData() => throw ReadOnly();

    public void Sync() => throw ReadOnly();

    public void Dispose()
    {
        // Nothing is open: every read is a request of its own.
    }

    private NotSupportedException ReadOnly() => new($"{path} lies in a repository: it is only read");
}
