using System.Buffers;
using System.Collections.Concurrent;
using Varve.Backup.Pace;
using Varve.Backup.Snapshots;
using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;

namespace Varve.Backup.Restore;

/// <summary>Writes segments from a repository as files. Those that an earlier try has left whole stay. Used once, by one thread.</summary>
internal sealed class SegmentFetch(
    SnapshotData data, Func<ReadOnlySpan<byte>, string> nameOf, string directory, IProgress<BackupProgress>? progress, long totalBytes)
{
    /// <summary>Each has one piece in memory twice.</summary>
    private const int Workers = 5;

    private static readonly LinuxFileSystem Files = LinuxFileSystem.Instance;

    private readonly PortionWriter _writer = new(() => data.GivesWay);
    private readonly List<SegmentPlacing> _begun = [];
    private long _doneBytes;
    private long _writtenBytes;

    public async Task RunAsync(IReadOnlyCollection<SegmentPieces> segments, CancellationToken cancellationToken)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken };
        ConcurrentBag<SegmentPieces> missing = [];
        await Parallel.ForEachAsync(segments, options, async (segment, cancellation) =>
        {
            if (await data.RunAsync(() => IsWhole(PathOf(segment), segment), cancellation).ConfigureAwait(false))
                Report(segment.FileBytes);
            else
                missing.Add(segment);
        }).ConfigureAwait(false);
        try
        {
            await Parallel.ForEachAsync(
                PiecesOf(missing.OrderBy(s => s.Id)),
                options,
                async (piece, cancellation) => await FetchAsync(piece.Segment, piece.Number, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            foreach (SegmentPlacing begun in _begun)
                begun.Dispose();
        }

        Files.SyncDirectory(directory);
    }

    /// <summary>In their order: few files are open at a time.</summary>
    private IEnumerable<(SegmentPlacing Segment, int Number)> PiecesOf(IEnumerable<SegmentPieces> segments)
    {
        foreach (SegmentPieces segment in segments)
        {
            SegmentPlacing placing = new(Files, PathOf(segment), segment, _writer);
            _begun.Add(placing);
            for (int number = 0; number < segment.Objects.Count; number++)
                yield return (placing, number);
        }
    }

    private async Task FetchAsync(SegmentPlacing segment, int number, CancellationToken cancellationToken)
    {
        // Where it fails, a read that was called off may still write there: that memory goes to the collector.
        byte[] rented = ArrayPool<byte>.Shared.Rent(SnapshotManifest.PieceBytes);
        Memory<byte> piece = rented.AsMemory(0, segment.Pieces.Objects[number].ContentBytes);
        await data.ReadAsync(segment.Pieces.Objects[number], piece, cancellationToken).ConfigureAwait(false);
        await data.RunAsync(() => segment.Write(number, piece.Span), cancellationToken).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(rented);
        Interlocked.Add(ref _writtenBytes, piece.Length);
        Report(piece.Length);
    }

    private string PathOf(SegmentPieces segment) => Path.Combine(directory, SegmentDirectory.NameOf(segment.Id));

    private void Report(long bytes)
    {
        long done = Interlocked.Add(ref _doneBytes, bytes);
        progress?.Report(new BackupProgress(done, totalBytes, Interlocked.Read(ref _writtenBytes)));
    }

    private bool IsWhole(string path, SegmentPieces segment)
    {
        if (!Files.FileExists(path))
            return false;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SnapshotManifest.PieceBytes);
        using (IFile file = Files.OpenRead(path))
        {
            long at = 0;
            bool isWhole = file.Length == segment.FileBytes;
            foreach (ObjectRef item in segment.Objects.TakeWhile(_ => isWhole))
            {
                Span<byte> piece = buffer.AsSpan(0, item.ContentBytes);
                isWhole = file.Read(piece, at) == piece.Length && ObjectRef.Folder + nameOf(piece) == item.Name;
                at += piece.Length;
            }

            ArrayPool<byte>.Shared.Return(buffer);
            if (isWhole)
                return true;
        }

        Files.Delete(path);
        return false;
    }
}
