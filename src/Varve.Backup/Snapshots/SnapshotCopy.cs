using System.Collections.Concurrent;
using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Log;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Format;

namespace Varve.Backup.Snapshots;

/// <summary>Copies what a capture holds into a repository. Used once, by one thread; segments are copied by several.</summary>
/// <param name="capture">Stays the caller's.</param>
/// <param name="store">Takes the pieces.</param>
/// <param name="earlier">Segments of the node that are in the repository, by salt.</param>
/// <param name="progress">Told now and then.</param>
internal sealed class SnapshotCopy(
    NodeCapture capture, ObjectStore store, IReadOnlyDictionary<string, SegmentPieces> earlier, IProgress<BackupProgress>? progress)
{
    private const int Workers = 3;
    private const int LogPieceBytes = SnapshotManifest.PieceBytes / 2;

    private readonly long _totalBytes = capture.Catalog.Streams.Sum(s => s.Segments.FileBytes);
    private long _doneBytes;

    public async Task<IReadOnlyList<LogPiece>> CopyLogAsync(CancellationToken cancellationToken)
    {
        List<LogPiece> pieces = [];
        using MemoryStream piece = new();
        long first = capture.LogFrom.Value;
        await foreach (LogEntry entry in capture.ReadLogAsync(cancellationToken).ConfigureAwait(false))
        {
            LogPieceCodec.Append(piece, entry.Position, entry.Term, entry.Payload.Span);
            if (piece.Length < LogPieceBytes && entry.Position < capture.Position)
                continue;
            pieces.Add(new LogPiece(first, entry.Position.Value, await store.PutAsync(piece.ToArray(), cancellationToken).ConfigureAwait(false)));
            piece.SetLength(0);
            first = entry.Position.Value + 1;
        }

        return pieces;
    }

    public async Task<IReadOnlyList<ObjectRef>> CopyBytesAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        List<ObjectRef> objects = [];
        foreach (byte[] piece in bytes.Chunk(SnapshotManifest.PieceBytes))
            objects.Add(await store.PutAsync(piece, cancellationToken).ConfigureAwait(false));
        return objects;
    }

    public async Task<IReadOnlyList<SegmentPieces>> CopySegmentsAsync(CancellationToken cancellationToken)
    {
        ConcurrentBag<SegmentPieces> copied = [];
        await Parallel.ForEachAsync(
            capture.Catalog.Streams.SelectMany(s => s.Segments.Items),
            new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken },
            async (segment, cancellation) => copied.Add(await CopyAsync(segment, cancellation).ConfigureAwait(false))).ConfigureAwait(false);
        return [.. copied.OrderBy(s => s.Id)];
    }

    private async Task<SegmentPieces> CopyAsync(SegmentInfo segment, CancellationToken cancellationToken)
    {
        using IFile file = capture.OpenSegment(segment);
        string salt = Convert.ToHexStringLower(SegmentReader.ReadHeader(file).Salt.Span);
        if (!(earlier.TryGetValue(salt, out SegmentPieces? known) && known.FileBytes == segment.FileBytes && known.Objects.All(store.IsPresent)))
        {
            List<ObjectRef> objects = [];
            for (long at = 0; at < segment.FileBytes; at += SnapshotManifest.PieceBytes)
                objects.Add(await store.PutAsync(ReadPiece(file, at, segment.FileBytes), cancellationToken).ConfigureAwait(false));
            known = new SegmentPieces(segment.Id, salt, segment.FileBytes, objects);
        }

        long done = Interlocked.Add(ref _doneBytes, segment.FileBytes);
        progress?.Report(new BackupProgress(done, _totalBytes, store.AddedBytes));
        return known with { Id = segment.Id };
    }

    private static byte[] ReadPiece(IFile file, long at, long fileBytes)
    {
        byte[] piece = new byte[Math.Min(SnapshotManifest.PieceBytes, fileBytes - at)];
        int read = file.Read(piece, at);
        return read == piece.Length ? piece : throw new BackupException(
            BackupErrorCode.Damaged, $"{file.Path} has {at + read} bytes, the catalog says {fileBytes}; it cannot be copied");
    }
}
