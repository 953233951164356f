using Varve.Backup.Snapshots;
using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;

namespace Varve.Backup.Reading;

/// <summary>A segment's file as it lies in a repository, in pieces. For reading alone; how a piece is read is for others to say.</summary>
internal abstract class PieceFile(SegmentPieces segment) : IFile
{
    public virtual string Path => SegmentDirectory.NameOf(segment.Id);

    public long Length => segment.FileBytes;

    public UnixFileMode Mode => UnixFileMode.UserRead;

    public bool IsInPlace => true;

    public int Read(Span<byte> buffer, long offset)
    {
        int total = (int)Math.Clamp(segment.FileBytes - offset, 0, buffer.Length);
        buffer = buffer[..total];
        while (!buffer.IsEmpty)
        {
            ObjectRef piece = segment.Objects[(int)(offset / SnapshotManifest.PieceBytes)];
            long inPiece = offset % SnapshotManifest.PieceBytes;
            int count = (int)Math.Min(buffer.Length, piece.ContentBytes - inPiece);
            ReadPiece(piece, inPiece, buffer[..count]);
            buffer = buffer[count..];
            offset += count;
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

    /// <summary>Fills the buffer from a place in a piece on. It blocks its thread while bytes are on their way.</summary>
    protected abstract void ReadPiece(ObjectRef piece, long offset, Span<byte> buffer);

    private IOException ReadOnly() => Errno.Exception(Errno.ReadOnlyFileSystem, "write", Path);
}
