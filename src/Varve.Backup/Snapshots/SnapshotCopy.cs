using System.Collections.Concurrent;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.Log;
using Varve.Storage.Segments;

namespace Varve.Backup.Snapshots;

/// <summary>Copies what a capture holds into a repository. Used once, by one thread; pieces of segments are copied by several.</summary>
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
    IProgress<BackupProgress>? progress) : IDisposable
{
    /// <summary>Each has one piece in memory twice. So many keep disk and processors busy, where each sync waits for the disk.</summary>
    private const int Workers = 5;
    private const int LogPieceBytes = SnapshotManifest.PieceBytes / 2;

    /// <summary>While it gives way, most processors are left alone, so that whoever is woken finds one at once.</summary>
    private static readonly int GentleWorkers = Math.Clamp(Environment.ProcessorCount / 4, 1, Workers);

    private readonly long _totalBytes = streams.Sum(s => s.Segments.FileBytes);
    private readonly ConcurrentBag<SegmentPieces> _copied = [];
    private readonly SemaphoreSlim _gentle = new(GentleWorkers);
    private readonly List<SegmentCopy> _begun = [];
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
        try
        {
            await Parallel.ForEachAsync(
                PiecesToCopy(),
                new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken },
                async (piece, cancellation) => await CopyAsync(piece.Segment, piece.Number, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            foreach (SegmentCopy begun in _begun)
                begun.Dispose();
        }

        return [.. _copied.OrderBy(s => s.Id)];
    }

    public void Dispose() => _gentle.Dispose();

    /// <summary>The pieces of the segments that are not in the repository yet, in their order: few files are open at a time.</summary>
    private IEnumerable<(SegmentCopy Segment, int Number)> PiecesToCopy()
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

            _begun.Add(copy);
            for (int piece = 0; piece < copy.PieceCount; piece++)
                yield return (copy, piece);
        }
    }

    private async Task CopyAsync(SegmentCopy segment, int piece, CancellationToken cancellationToken)
    {
        bool givesWay = store.GivesWay;
        if (givesWay)
            await _gentle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await segment.CopyAsync(piece, cancellationToken).ConfigureAwait(false) is { } copied)
                Done(copied);
        }
        finally
        {
            if (givesWay)
                _gentle.Release();
        }
    }

    private void Done(SegmentPieces segment)
    {
        _copied.Add(segment);
        long done = Interlocked.Add(ref _doneBytes, segment.FileBytes);
        progress?.Report(new BackupProgress(done, _totalBytes, store.AddedBytes));
    }
}
