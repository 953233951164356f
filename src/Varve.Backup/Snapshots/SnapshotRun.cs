using Microsoft.Extensions.Logging;
using Varve.Backup.Archive;
using Varve.Backup.Sealing;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Streams;

namespace Varve.Backup.Snapshots;

/// <summary>
/// Takes one snapshot. The order makes sure that whatever cuts it off, what counts is whole: first the keys, then all pieces, then the one object that
/// says that there is a snapshot. Used once, by one thread.
/// </summary>
internal sealed class SnapshotRun(SealedRepository repository, StorageEngine engine, SnapshotOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Of an archive, so many pieces are looked at; the others another time.</summary>
    private const int ArchivePiecesMax = 4096;

    private readonly List<string> _problems = [.. repository.HeaderProblems.Select(p => $"object {p}")];

    public async Task<SnapshotResult> RunAsync(IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        HashSet<string> there = [.. engine.List().Select(s => s.Name)];
        if (options.Streams.FirstOrDefault(s => !there.Contains(s, StreamName.Comparer)) is { } missing)
            throw NoStream(missing);
        await using RepositoryLock held = await RepositoryLock.TakeToAddAsync(repository, time, cancellationToken).ConfigureAwait(false);
        await repository.HealHeaderAsync(cancellationToken).ConfigureAwait(false);
        Inventory inventory = await Inventory.ReadAsync(repository, cancellationToken).ConfigureAwait(false);
        Dictionary<ObjectRef, List<string>> needed = inventory.Needed();
        await CheckArchivesAsync(inventory, needed, cancellationToken).ConfigureAwait(false);
        ObjectStore store = await ObjectStore.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        (IReadOnlyDictionary<ObjectRef, string> damaged, _) = await ObjectCheck
            .RunAsync(repository, store, needed.Keys, options.CheckBytes, opened: null, cancellationToken).ConfigureAwait(false);
        if (options.Seals)
            await engine.FlushAllAsync(logger, cancellationToken).ConfigureAwait(false);
        using NodeCapture capture = await engine.CaptureAsync(cancellationToken).ConfigureAwait(false);

        // Not before the capture: what is in it is not of later. Not when the copying ends: restores to times in between begin here.
        DateTimeOffset takenAt = time.GetUtcNow();
        History history = await WriteHistoryAsync(capture, inventory, cancellationToken).ConfigureAwait(false);
        SnapshotManifest manifest = await CopyAsync(capture, store, inventory, history, takenAt, progress, cancellationToken).ConfigureAwait(false);
        held.EnsureHeld();
        bool isNew = await repository
            .PutAsync(ObjectKind.Snapshot, manifest.Name, ManifestCodec.Write(manifest), replaces: false, cancellationToken).ConfigureAwait(false);
        if (!isNew)
            throw new BackupException(BackupErrorCode.Busy, $"another snapshot {manifest.Id} was put into {repository.Description} at this moment; try again");
        await new HistoryStore(repository, capture.LogId)
            .UpdateAsync(h => h with { SnapshotIds = [.. h.SnapshotIds, manifest.Id] }, cancellationToken).ConfigureAwait(false);
        foreach ((ObjectRef item, string problem) in damaged)
        {
            string outcome = store.IsPresent(item) ? "it was put back" : "the node does not have it any more";
            _problems.Add($"{problem} (needed by {string.Join(", ", needed[item])}); {outcome}");
        }

        _problems.AddRange(inventory.Damaged.Select(d => $"snapshot {d.Key} cannot be read: {d.Value}"));
        return new SnapshotResult(manifest.Describe(), _problems, damaged.Keys.Count(store.IsPresent));
    }

    /// <summary>What of an archive is lost is not in the log any more: it can only be told, and this snapshot is where restores go on behind it.</summary>
    private async Task CheckArchivesAsync(Inventory inventory, Dictionary<ObjectRef, List<string>> needed, CancellationToken cancellationToken)
    {
        foreach (IGrouping<Guid, SnapshotManifest> ours in inventory.Snapshots.GroupBy(s => s.HistoryId))
        {
            ArchiveCheck archive = new(repository, ours.Key, ours);
            await archive.RunAsync(ArchivePiecesMax, cancellationToken).ConfigureAwait(false);
            await archive.HealAsync(cancellationToken).ConfigureAwait(false);
            archive.AddNeeded(needed);
            _problems.AddRange(archive.Problems);
        }
    }

    private async Task<History> WriteHistoryAsync(NodeCapture capture, Inventory inventory, CancellationToken cancellationToken)
    {
        HistoryStore store = new(repository, capture.LogId);
        History? before = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        SnapshotManifest[] ours = [.. inventory.Snapshots.Where(s => s.HistoryId == capture.LogId)];
        _problems.AddRange(store.ProblemsOf(before, ours, inventory.Damaged.Keys));

        // Behind the newest that snapshots know, also where an older copy was put back.
        long newest = ours.Select(s => s.HistoryNumber).DefaultIfEmpty().Max();
        return await store.UpdateAsync(
            h => new History(
                Math.Max(h.Number, newest),
                h.Keys is { } keys ? capture.Keys?.Continue(keys) : capture.Keys,
                [.. ours.Select(s => s.Id).Concat(h.SnapshotIds.Where(inventory.Damaged.ContainsKey)).Order(StringComparer.Ordinal)]),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<SnapshotManifest> CopyAsync(
        NodeCapture capture,
        ObjectStore store,
        Inventory inventory,
        History history,
        DateTimeOffset takenAt,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        Dictionary<string, SegmentPieces> earlier = [];
        foreach (SegmentPieces segment in inventory.Snapshots.Where(s => s.NodeId == capture.Node.NodeId).SelectMany(s => s.Segments))
            earlier[segment.Salt] = segment;
        CheckpointStream[] streams = Chosen(capture.Catalog.Streams);
        SnapshotCopy copy = new(capture, streams, store, earlier, progress);
        IReadOnlyList<LogPiece> log = await copy.CopyLogAsync(cancellationToken).ConfigureAwait(false);
        capture.ReleaseLog();
        Keyring keys = RepositoryKeyring.Open(history.Keys, time);
        byte[] catalog = capture.Position == LogPosition.None ? [] : CheckpointCodec.Write(capture.Catalog, keys);
        return new SnapshotManifest
        {
            Id = SnapshotManifest.NewId(takenAt),
            NodeId = capture.Node.NodeId,
            NodeCreatedMicros = capture.Node.CreatedMicros,
            HistoryId = capture.LogId,
            Position = capture.Position,
            TakenAt = takenAt,
            HistoryNumber = history.Number,
            IsEncrypted = history.Keys is not null,
            StreamCount = streams.Length,
            RowCount = streams.Sum(s => s.EndOffset - s.Segments.FirstOffset),
            Log = log,
            Checkpoint = await copy.CopyBytesAsync(catalog, cancellationToken).ConfigureAwait(false),
            Segments = await copy.CopySegmentsAsync(cancellationToken).ConfigureAwait(false),
            AddedBytes = store.AddedBytes,
            OnlyStreams = options.Streams.Count == 0 ? [] : [.. streams.Select(s => s.Name).Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>Those that are wanted; one may have been dropped since this began.</summary>
    private CheckpointStream[] Chosen(IReadOnlyCollection<CheckpointStream> all) => options.Streams.Count == 0
        ? [.. all]
        : [.. options.Streams.Select(name => all.FirstOrDefault(s => StreamName.Comparer.Equals(s.Name, name)) ?? throw NoStream(name)).Distinct()];

    private static BackupException NoStream(string name) =>
        new(BackupErrorCode.NotFound, $"there is no stream '{name}', so no snapshot was taken");
}
