using Varve.Backup.Restore;
using Varve.Backup.Snapshots;
using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;

namespace Varve.Backup.Verify;

/// <summary>A segment in a repository, read as a file: piece by piece, the newest one kept. It blocks its thread; one thread.</summary>
internal sealed class RepositoryFile(SnapshotData data, SegmentPieces segment, CancellationToken cancellationToken) : IFile
{
    private int _pieceNumber = -1;
    private byte[] _piece = [];

    public string Path => SegmentDirectory.NameOf(segment.Id);

    public long Length => segment.FileBytes;

    public UnixFileMode Mode => UnixFileMode.UserRead;

    public int Read(Span<byte> buffer, long offset)
    {
        int read = 0;
        while (read < buffer.Length && offset + read < Length)
        {
            int number = (int)((offset + read) / SnapshotManifest.PieceBytes);
            if (number != _pieceNumber)
            {
                _piece = Task.Run(() => data.ReadAsync(segment.Objects[number], cancellationToken), cancellationToken).GetAwaiter().GetResult();
                _pieceNumber = number;
            }

            ReadOnlySpan<byte> rest = _piece.AsSpan((int)((offset + read) % SnapshotManifest.PieceBytes));
            if (rest.IsEmpty)
                break;
            int count = Math.Min(rest.Length, buffer.Length - read);
            rest[..count].CopyTo(buffer[read..]);
            read += count;
        }

        return read;
    }

    public bool IsInPlace => true;

    public void SetLength(long lengthBytes) => throw ReadOnly();

    public bool TryAllocate(long offset, long lengthBytes) => throw ReadOnly();

    public void Write(ReadOnlySpan<byte> bytes, long offset) => throw ReadOnly();

    public void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset) => throw ReadOnly();

    public void SyncData() => throw ReadOnly();

    public void Sync() => throw ReadOnly();

    public void Dispose()
    {
    }

    private IOException ReadOnly() => Errno.Exception(Errno.ReadOnlyFileSystem, "write", Path);
}
