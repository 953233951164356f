using System.Collections.Concurrent;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.Log;
using Varve.Storage.Segments;

namespace Varve.Backup.Snapshots;

/// <summary>Copies what a capture holds into a repository. Used once, by one thread.</summary>
/// <param name="capture">Stays the caller's.</param>
/// <param name="streams">Those of it whose segments are copied.</param>
/// <param name="store">Takes the pieces.</param>
/// <param name="earlier">Segments of the node that are in the repository, by salt.</param>
/// <param name="progress">Told now and then.</param>
internal sealed class SnapshotCopy(
    NodeCapture capture,
    IReadOnlyList<CheckpointStream> streams,
    ObjectStore store,
    IReadOnlyDictionary<string, SegmentPieces> earlier,
    IProgress<BackupProgress>? progress)
{
    private const int LogPieceBytes = SnapshotManifest.PieceBytes / 2;

    private readonly long _totalBytes = streams.Sum(s => s.Segments.FileBytes);
    private readonly ConcurrentBag<SegmentPieces> _copied = [];
    private long _doneBytes;

    public Task<IReadOnlyList<LogPiece>> CopyLogAsync(CancellationToken cancellationToken) =>
        CopyLogAsync(store, capture.ReadLogAsync(capture.LogFrom, cancellationToken), capture.LogFrom, capture.Position, _ => { }, cancellationToken);

    /// <param name="store">Takes the pieces.</param>
    /// <param name="entries">Those from one position to another.</param>
    /// <param name="from">The first one.</param>
    /// <param name="to">The last one.</param>
    /// <param name="look">Sees each of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<LogPiece>> CopyLogAsync(
        ObjectStore store, IAsyncEnumerable<LogEntry> entries, LogPosition from, LogPosition to, Action<LogEntry> look, CancellationToken cancellationToken)
    {
        List<LogPiece> pieces = [];
        using MemoryStream piece = new();
        long first = from.Value;
        await foreach (LogEntry entry in entries.ConfigureAwait(false))
        {
            look(entry);
            LogPieceCodec.Append(piece, entry.Position, entry.Term, entry.Payload.Span);
            if (piece.Length < LogPieceBytes && entry.Position < to)
                continue;
            ReadOnlyMemory<byte> content = piece.GetBuffer().AsMemory(0, (int)piece.Length);
            pieces.Add(new LogPiece(first, entry.Position.Value, await store.PutAsync(content, cancellationToken).ConfigureAwait(false)));
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
        using PieceCopying copying = new(store, Done);
        await copying.RunAsync(SegmentsToCopy(), cancellationToken).ConfigureAwait(false);
        return [.. _copied.OrderBy(s => s.Id)];
    }

    /// <summary>Those that are not in the repository yet.</summary>
    private IEnumerable<SegmentCopy> SegmentsToCopy()
    {
        foreach (SegmentInfo segment in streams.SelectMany(s => s.Segments.Items))
        {
            SegmentCopy copy = SegmentCopy.Of(store, capture.OpenSegment(segment), segment);
            if (earlier.TryGetValue(copy.Salt, out SegmentPieces? known) && known.FileBytes == segment.FileBytes && known.Objects.All(store.IsPresent))
            {
                copy.Dispose();
                Done(known with { Id = segment.Id });
                continue;
            }

            yield return copy;
        }
    }

    private void Done(SegmentPieces segment)
    {
        _copied.Add(segment);
        long done = Interlocked.Add(ref _doneBytes, segment.FileBytes);
        progress?.Report(new BackupProgress(done, _totalBytes, store.AddedBytes));
    }
}
