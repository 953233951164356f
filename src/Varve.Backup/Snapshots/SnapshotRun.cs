using Microsoft.Extensions.Logging;
using Varve.Backup.Sealing;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;

namespace Varve.Backup.Snapshots;

/// <summary>
/// Takes one snapshot. The order makes sure that whatever cuts it off, what counts is whole: first the keys, then all pieces, then the one object that
/// says that there is a snapshot. Used once, by one thread.
/// </summary>
internal sealed class SnapshotRun(SealedRepository repository, StorageEngine engine, SnapshotOptions options, TimeProvider time, ILogger logger)
{
    private readonly List<string> _problems = [.. repository.HeaderProblems.Select(p => $"object {p}")];

    public async Task<SnapshotResult> RunAsync(IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        await repository.HealHeaderAsync(cancellationToken).ConfigureAwait(false);
        Inventory inventory = await Inventory.ReadAsync(repository, cancellationToken).ConfigureAwait(false);
        Dictionary<ObjectRef, List<string>> needed = inventory.Needed();
        ObjectStore store = await ObjectStore.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<ObjectRef, string> damaged = await ObjectCheck
            .RunAsync(repository, store, needed.Keys, options.CheckBytes, cancellationToken).ConfigureAwait(false);
        if (options.Seals)
            await engine.FlushAllAsync(logger, cancellationToken).ConfigureAwait(false);
        using NodeCapture capture = await engine.CaptureAsync(cancellationToken).ConfigureAwait(false);
        string id = SnapshotManifest.NewId(time.GetUtcNow());
        History history = await WriteHistoryAsync(capture, inventory, id, cancellationToken).ConfigureAwait(false);
        SnapshotManifest manifest = await CopyAsync(capture, store, inventory, history, id, progress, cancellationToken).ConfigureAwait(false);
        await repository.PutAsync(ObjectKind.Snapshot, manifest.Name, ManifestCodec.Write(manifest), replaces: false, cancellationToken)
            .ConfigureAwait(false);
        foreach ((ObjectRef item, string problem) in damaged)
        {
            string outcome = store.IsPresent(item) ? "it was put back" : "the node does not have it any more";
            _problems.Add($"{problem} (needed by {string.Join(", ", needed[item])}); {outcome}");
        }

        _problems.AddRange(inventory.Damaged.Select(d => $"snapshot {d.Key} cannot be read: {d.Value}"));
        return new SnapshotResult(manifest.Describe(), _problems, damaged.Keys.Count(store.IsPresent));
    }

    private async Task<History> WriteHistoryAsync(NodeCapture capture, Inventory inventory, string id, CancellationToken cancellationToken)
    {
        HistoryStore store = new(repository, capture.LogId);
        History? before = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        SnapshotManifest[] ours = [.. inventory.Snapshots.Where(s => s.HistoryId == capture.LogId)];
        long newest = ours.Length == 0 ? 0 : ours.Max(s => s.HistoryNumber);
        if (before is not null || newest > 0)
            _problems.AddRange(store.Problems);
        if (before is not null && before.Number < newest)
            _problems.Add($"the keyring of this node in the repository is of writing {before.Number}, but snapshots need writing {newest}: an older copy was put back");

        // The last one may have been cut off before it was there; any other was.
        HashSet<string> there = [.. ours.Select(s => s.Id), .. inventory.Damaged.Keys];
        foreach (string missing in (before?.SnapshotIds ?? []).SkipLast(1).Where(i => !there.Contains(i)))
            _problems.Add($"object {SnapshotManifest.Folder}{missing} is missing, so there is no snapshot {missing} any more");
        History history = new(
            Math.Max(before?.Number ?? 0, newest) + 1,
            before?.Keys is { } keys ? capture.Keys?.Continue(keys) : capture.Keys,
            [.. ours.Select(s => s.Id).Concat((before?.SnapshotIds ?? []).Where(inventory.Damaged.ContainsKey)).Order(StringComparer.Ordinal), id]);
        await store.WriteAsync(history, cancellationToken).ConfigureAwait(false);
        return history;
    }

    private async Task<SnapshotManifest> CopyAsync(
        NodeCapture capture,
        ObjectStore store,
        Inventory inventory,
        History history,
        string id,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        Dictionary<string, SegmentPieces> earlier = [];
        foreach (SegmentPieces segment in inventory.Snapshots.Where(s => s.NodeId == capture.Node.NodeId).SelectMany(s => s.Segments))
            earlier[segment.Salt] = segment;
        SnapshotCopy copy = new(capture, store, earlier, progress);
        IReadOnlyList<LogPiece> log = await copy.CopyLogAsync(cancellationToken).ConfigureAwait(false);
        capture.ReleaseLog();
        Keyring keys = RepositoryKeyring.Open(history.Keys, time);
        byte[] catalog = capture.Position == LogPosition.None ? [] : CheckpointCodec.Write(capture.Catalog, keys);
        return new SnapshotManifest
        {
            Id = id,
            NodeId = capture.Node.NodeId,
            NodeCreatedMicros = capture.Node.CreatedMicros,
            HistoryId = capture.LogId,
            Position = capture.Position,
            TakenAt = time.GetUtcNow(),
            HistoryNumber = history.Number,
            IsEncrypted = history.Keys is not null,
            StreamCount = capture.Catalog.Streams.Count,
            RowCount = capture.Catalog.Streams.Sum(s => s.EndOffset - s.Segments.FirstOffset),
            Log = log,
            Checkpoint = await copy.CopyBytesAsync(catalog, cancellationToken).ConfigureAwait(false),
            Segments = await copy.CopySegmentsAsync(cancellationToken).ConfigureAwait(false),
            AddedBytes = store.AddedBytes,
        };
    }
}
