using Microsoft.Extensions.Logging;
using Varve.Backup.Archive;
using Varve.Backup.Repositories;
using Varve.Backup.Restore;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage;
using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;

namespace Varve.Backup.Drill;

/// <summary>Holds one drill. Used once, by one thread.</summary>
internal sealed class DrillRun(SealedRepository repository, DrillOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Of a snapshot that is pruned while it is restored, the next one is taken; a second time is no accident.</summary>
    private const int Tries = 2;

    /// <summary>Of the memory that the node's rows may have.</summary>
    private const int MemoryShare = 4;

    /// <summary>What the directory takes beside segments and entries.</summary>
    private const long OverheadBytes = 32L << 20;

    private readonly List<string> _notes = [];

    public async Task<DrillReport> RunAsync(CancellationToken cancellationToken)
    {
        DrillScratch.Sweep(options.ScratchDirectory, logger);
        long memoryBytes = (options.Node?.Statistics.TailLimitBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) / MemoryShare;
        using IDisposable? memory = options.Node is { } node
            ? await node.HoldMemoryAsync("hold a drill", memoryBytes, cancellationToken).ConfigureAwait(false)
            : null;
        for (int trial = 1; ; trial++)
        {
            (SnapshotManifest? newest, IReadOnlyList<string> problems) =
                await Inventory.FindNewestAsync(repository, options.Node?.LogId, cancellationToken).ConfigureAwait(false);
            if (newest is null)
            {
                throw problems.Count > 0
                    ? new BackupException(BackupErrorCode.Damaged, $"the repository {repository.Description} has no snapshot that can be read: {problems[0]}")
                    : new BackupException(BackupErrorCode.NotFound, $"the repository {repository.Description} has no snapshot {Whose()}to hold a drill with");
            }

            try
            {
                return await RunAsync(newest, problems, memoryBytes, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException e) when (e.Code == BackupErrorCode.Damaged && trial < Tries)
            {
                if (await IsThereAsync(newest, cancellationToken).ConfigureAwait(false))
                    throw;
                logger.LogInformation("Snapshot {Snapshot} was pruned while a drill was held with it; the drill begins again", newest.Id);
            }
        }
    }

    private string Whose() => options.Node is null ? "" : "of this node's life ";

    private async Task<DrillReport> RunAsync(
        SnapshotManifest manifest, IReadOnlyList<string> problems, long memoryBytes, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        (long reach, long bytes) = await LookAheadAsync(manifest, cancellationToken).ConfigureAwait(false);
        using DrillScratch scratch = DrillScratch.Create(options.ScratchDirectory);
        RoomGuard guard = new(scratch.Path, options.RoomOf);
        guard.Require(bytes);
        RestoreOptions restore = new()
        {
            Directory = Path.Combine(scratch.Path, "data"),
            SnapshotId = manifest.Id,
            Position = reach,
            MemoryBytes = memoryBytes,
            LogSizes = options.LogSizes,
        };
        RestoreRun run = new(repository, manifest, restore, time);
        RestoreResult result;
        try
        {
            result = await run.RunAsync(guard, cancellationToken).ConfigureAwait(false);
        }
        catch (TailTooLargeException e) when (e.Position - 1 > manifest.Position.Value)
        {
            _notes.Add($"the archive behind position {e.Position - 1} was left out, it reaches {reach}: {e.Message}");
            run = new RestoreRun(repository, manifest, restore with { Position = e.Position - 1 }, time);
            result = await run.RunAsync(guard, cancellationToken).ConfigureAwait(false);
        }
        catch (TailTooLargeException e)
        {
            throw new BackupException(BackupErrorCode.Unsupported, $"no drill can be held with snapshot {manifest.Id}: {e.Message}", e);
        }

        _notes.AddRange(result.Erased.Select(name => $"stream '{name}' was dropped since, and its key erased: nothing opens it any more"));
        List<string> found = [.. problems];
        IReadOnlyList<DrilledStream> streams;
        StorageEngine restored = await run.OpenRestoredAsync(cancellationToken).ConfigureAwait(false);
        await using (restored.ConfigureAwait(false))
        {
            found.AddRange(CheckFiles(restore.Directory, run.Placed, cancellationToken));
            found.AddRange(restored.List().Where(s => result.Streams.All(e => e.Name != s.Name)).Select(s => $"stream '{s.Name}' was restored, but is not in the catalog"));
            streams = await CompareAsync(restored, result, cancellationToken).ConfigureAwait(false);
        }

        return new DrillReport
        {
            SnapshotId = manifest.Id,
            TakenAt = manifest.TakenAt,
            Position = result.Position,
            Bytes = run.Placed.Sum(s => s.FileBytes),
            Duration = time.GetElapsedTime(start),
            Streams = streams,
            Notes = _notes,
            Problems = found,
        };
    }

    private async Task<IReadOnlyList<DrilledStream>> CompareAsync(StorageEngine restored, RestoreResult result, CancellationToken cancellationToken)
    {
        StreamCompare compare = new(restored, options.Node, time);
        List<DrilledStream> streams = [];
        foreach ((string name, OffsetRange rows) in result.Streams.OrderBy(s => s.Name, StringComparer.Ordinal))
            streams.Add(await compare.RunAsync(name, rows, cancellationToken).ConfigureAwait(false));
        return streams;
    }

    /// <summary>How far snapshot and archive reach, and what they take when they are restored, at most.</summary>
    private async Task<(long Reach, long Bytes)> LookAheadAsync(SnapshotManifest manifest, CancellationToken cancellationToken)
    {
        long reach = manifest.Position.Value;
        long bytes = OverheadBytes + SizeOf(manifest.Log, manifest.Segments) + manifest.Checkpoint.Sum(o => (long)o.ContentBytes);
        ArchiveReader archive = new(repository, manifest.HistoryId);
        await foreach (ArchivePiece piece in archive.ReadFromAsync(reach, cancellationToken).ConfigureAwait(false))
        {
            reach = piece.LastPosition;
            bytes += SizeOf(piece.Log, piece.Segments);
        }

        return (reach, bytes);
    }

    private static long SizeOf(IReadOnlyList<LogPiece> log, IReadOnlyList<SegmentPieces> segments) =>
        log.Sum(p => (long)p.Object.ContentBytes) + segments.Sum(s => s.FileBytes);

    /// <summary>Reads the segments again as they lie in the scratch place: each piece is what its name in the repository says.</summary>
    private IEnumerable<string> CheckFiles(string directory, IReadOnlyList<SegmentPieces> segments, CancellationToken cancellationToken)
    {
        foreach (SegmentPieces segment in segments)
        {
            using IFile file = LinuxFileSystem.Instance.OpenRead(Path.Combine(directory, DataDirectory.SegmentsName, SegmentDirectory.NameOf(segment.Id)));
            long at = 0;
            foreach (ObjectRef item in segment.Objects)
            {
                cancellationToken.ThrowIfCancellationRequested();
                byte[] piece = new byte[item.ContentBytes];
                if (file.Read(piece, at) != piece.Length || ObjectRef.Folder + repository.NameOf(piece) != item.Name)
                    yield return $"segment {segment.Id} is not what was copied: its bytes {at} to {at + piece.Length} are not those of object {item.Name}";
                at += piece.Length;
            }
        }
    }

    private async Task<bool> IsThereAsync(SnapshotManifest manifest, CancellationToken cancellationToken)
    {
        await foreach (RepositoryObject item in repository.Inner.ListAsync(manifest.Name, cancellationToken).ConfigureAwait(false))
        {
            if (item.Name == manifest.Name)
                return true;
        }

        return false;
    }
}
