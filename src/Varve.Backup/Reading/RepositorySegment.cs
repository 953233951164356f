using Varve.Backup.Repositories;
using Varve.Backup.Snapshots;

namespace Varve.Backup.Reading;

/// <summary>A segment of which little is needed: frame by frame, those that were used last kept. Thread-safe.</summary>
internal sealed class RepositorySegment(string path, SegmentPieces segment, ObjectFrames frames) : PieceFile(segment)
{
    public override string Path => path;

    /// <summary>Fails with an <see cref="IOException"/> where the repository does, or where the object is damaged; the reason says which.</summary>
    protected override void ReadPiece(ObjectRef piece, long offset, Span<byte> buffer)
    {
        try
        {
            frames.Read(piece, offset, buffer);
        }
        catch (Exception e) when (e is BackupException or RepositoryException)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }
}
