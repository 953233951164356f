using System.Buffers;
using Varve.Backup.Snapshots;
using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;

namespace Varve.Backup.Restore;

/// <summary>Writes segments from a repository as files. Those that an earlier try has left whole stay. Any thread.</summary>
internal sealed class SegmentFetch(
    SnapshotData data, Func<ReadOnlySpan<byte>, string> nameOf, string directory, IProgress<BackupProgress>? progress, long totalBytes)
{
    private const int Workers = 3;

    private static readonly LinuxFileSystem Files = LinuxFileSystem.Instance;

    private long _doneBytes;
    private long _writtenBytes;

    public async Task RunAsync(IReadOnlyCollection<SegmentPieces> segments, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            segments,
            new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken },
            async (segment, cancellation) => await FetchAsync(segment, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        Files.SyncDirectory(directory);
    }

    private async Task FetchAsync(SegmentPieces segment, CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, SegmentDirectory.NameOf(segment.Id));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SnapshotManifest.PieceBytes);
        if (IsWhole(path, segment, buffer))
            Report(segment.FileBytes);
        else
            await WriteAsync(path, segment, buffer, cancellationToken).ConfigureAwait(false);

        // Where it fails, a read that was called off may still write there: that memory goes to the collector.
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private async Task WriteAsync(string path, SegmentPieces segment, byte[] buffer, CancellationToken cancellationToken)
    {
        string aside = path + WholeFile.AsideSuffix;
        if (Files.FileExists(aside))
            Files.Delete(aside);
        using (IFile file = Files.Create(aside))
        {
            long at = 0;
            foreach (ObjectRef item in segment.Objects)
            {
                Memory<byte> piece = buffer.AsMemory(0, item.ContentBytes);
                await data.ReadAsync(item, piece, cancellationToken).ConfigureAwait(false);
                file.Write(piece.Span, at);
                at += piece.Length;
                Interlocked.Add(ref _writtenBytes, piece.Length);
                Report(piece.Length);
            }

            if (at != segment.FileBytes)
                throw new BackupException(BackupErrorCode.Damaged, $"segment {segment.Id} has {at} bytes in the repository, {segment.FileBytes} were copied");
            file.Sync();
        }

        Files.Rename(aside, path);
    }

    private void Report(long bytes)
    {
        long done = Interlocked.Add(ref _doneBytes, bytes);
        progress?.Report(new BackupProgress(done, totalBytes, Interlocked.Read(ref _writtenBytes)));
    }

    private bool IsWhole(string path, SegmentPieces segment, byte[] buffer)
    {
        if (!Files.FileExists(path))
            return false;
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

            if (isWhole)
                return true;
        }

        Files.Delete(path);
        return false;
    }
}
