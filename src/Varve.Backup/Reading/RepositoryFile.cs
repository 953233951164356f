using Varve.Backup.Restore;
using Varve.Backup.Snapshots;

namespace Varve.Backup.Reading;

/// <summary>A segment of which everything is needed: whole pieces, the newest one kept. One thread.</summary>
internal sealed class RepositoryFile(SnapshotData data, SegmentPieces segment, CancellationToken cancellationToken) : PieceFile(segment)
{
    private ObjectRef? _kept;
    private byte[] _content = [];

    protected override void ReadPiece(ObjectRef piece, long offset, Span<byte> buffer)
    {
        if (_kept != piece)
        {
            _content = Task.Run(() => data.ReadAsync(piece, cancellationToken), cancellationToken).GetAwaiter().GetResult();
            _kept = piece;
        }

        _content.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }
}
