using System.Buffers;
using System.Collections.Concurrent;
using Varve.Storage;
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
        ConcurrentBag<SegmentPieces> copied = [];
        await Parallel.ForEachAsync(
            capture.Catalog.Streams.SelectMany(s => s.Segments.Items),
            new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken },
            async (segment, cancellation) => copied.Add(await CopyAsync(segment, cancellation).ConfigureAwait(false))).ConfigureAwait(false);
        return [.. copied.OrderBy(s => s.Id)];
    }

    /// <summary>Puts a whole segment file.</summary>
    public static async Task<SegmentPieces> CopySegmentAsync(ObjectStore store, IFile file, SegmentInfo segment, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SnapshotManifest.PieceBytes);
        List<ObjectRef> objects = [];
        for (long at = 0; at < segment.FileBytes; at += SnapshotManifest.PieceBytes)
            objects.Add(await store.PutAsync(ReadPiece(file, at, segment.FileBytes, buffer), cancellationToken).ConfigureAwait(false));
        ArrayPool<byte>.Shared.Return(buffer);
        return new SegmentPieces(segment.Id, SaltOf(file), segment.FileBytes, objects);
    }

    private async Task<SegmentPieces> CopyAsync(SegmentInfo segment, CancellationToken cancellationToken)
    {
        using IFile file = capture.OpenSegment(segment);
        bool isKnown = earlier.TryGetValue(SaltOf(file), out SegmentPieces? known) && known.FileBytes == segment.FileBytes
            && known.Objects.All(store.IsPresent);
        SegmentPieces copied = isKnown
            ? known! with { Id = segment.Id }
            : await CopySegmentAsync(store, file, segment, cancellationToken).ConfigureAwait(false);
        long done = Interlocked.Add(ref _doneBytes, segment.FileBytes);
        progress?.Report(new BackupProgress(done, _totalBytes, store.AddedBytes));
        return copied;
    }

    private static string SaltOf(IFile file) => Convert.ToHexStringLower(SegmentReader.ReadHeader(file).Salt.Span);

    private static ReadOnlyMemory<byte> ReadPiece(IFile file, long at, long fileBytes, byte[] buffer)
    {
        Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(SnapshotManifest.PieceBytes, fileBytes - at));
        int read = file.Read(piece.Span, at);
        return read == piece.Length ? piece : throw new BackupException(
            BackupErrorCode.Damaged, $"{file.Path} has {at + read} bytes, the catalog says {fileBytes}; it cannot be copied");
    }
}
