using Varve.Backup.Archive;
using Varve.Backup.Reading;
using Varve.Backup.Restore;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Backup.Verify;

/// <summary>
/// Verifies a repository: quickly, that all is there, and a sample of it opened; or in full, every byte opened and everything decoded as a restore would. It
/// changes nothing. Used once, by one thread.
/// </summary>
internal sealed class RepositoryCheck(SealedRepository repository, IProgress<BackupProgress>? progress, TimeProvider time)
{
    private const long SampleBytes = 256 << 20;

    private readonly List<string> _problems = [.. repository.HeaderProblems.Select(p => $"object {p}; the other copy serves")];
    private readonly HashSet<string> _decoded = [];
    private readonly Lock _telling = new();
    private long _totalBytes;
    private long _doneBytes;

    public async Task<VerifyReport> RunAsync(bool isFull, CancellationToken cancellationToken)
    {
        Inventory inventory = await Inventory.ReadAsync(repository, cancellationToken).ConfigureAwait(false);
        _problems.AddRange(inventory.Damaged.Select(d => $"snapshot {d.Key} cannot be read: {d.Value}"));
        Dictionary<ObjectRef, List<string>> needed = inventory.Needed();
        foreach (IGrouping<Guid, SnapshotManifest> ours in inventory.Snapshots.GroupBy(s => s.HistoryId))
        {
            ArchiveCheck archive = new(repository, ours.Key, ours);
            await archive.RunAsync(int.MaxValue, cancellationToken).ConfigureAwait(false);
            archive.AddNeeded(needed);
            _problems.AddRange(archive.Problems);
        }

        ObjectStore store = await ObjectStore.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        long toDecode = isFull ? inventory.Snapshots.SelectMany(s => s.Segments).DistinctBy(s => s.Salt).Sum(s => s.FileBytes) : 0;
        (IReadOnlyDictionary<ObjectRef, string> damaged, int opened) = await ObjectCheck
            .RunAsync(repository, store, needed.Keys, isFull ? long.MaxValue : SampleBytes, (done, total) => Report(done, total + toDecode), cancellationToken)
            .ConfigureAwait(false);
        _problems.AddRange(damaged.Select(d => $"{d.Value} (needed by {string.Join(", ", needed[d.Key])})"));
        foreach (IGrouping<Guid, SnapshotManifest> ours in inventory.Snapshots.GroupBy(s => s.HistoryId))
        {
            HistoryStore histories = new(repository, ours.Key);
            History? history = await histories.ReadAsync(cancellationToken).ConfigureAwait(false);

            // What was taken since this began has its object before the history names it, and is for the next run to look at.
            IReadOnlyList<string> now = await Inventory.ListIdsAsync(repository, cancellationToken).ConfigureAwait(false);
            _problems.AddRange(histories.ProblemsOf(history, [.. ours], [.. inventory.Damaged.Keys, .. now]));
            if (isFull && history is not null)
            {
                foreach (SnapshotManifest snapshot in ours.Where(s => !s.Objects.Any(damaged.ContainsKey)))
                    await DecodeAsync(snapshot, RepositoryKeyring.Open(history.Keys, time), cancellationToken).ConfigureAwait(false);
            }
        }

        return new VerifyReport
        {
            SnapshotCount = inventory.Snapshots.Count,
            ObjectCount = needed.Count,
            OpenedCount = opened,
            DecodedSegmentCount = _decoded.Count,
            Problems = _problems,
        };
    }

    /// <summary>Objects are opened by several threads, and may be told of out of order.</summary>
    private void Report(long doneBytes, long totalBytes)
    {
        lock (_telling)
        {
            (_doneBytes, _totalBytes) = (Math.Max(_doneBytes, doneBytes), totalBytes);
            progress?.Report(new BackupProgress(_doneBytes, totalBytes, WrittenBytes: 0));
        }
    }

    private async Task DecodeAsync(SnapshotManifest snapshot, Keyring keys, CancellationToken cancellationToken)
    {
        try
        {
            SnapshotData data = new(repository, snapshot);
            RestoredState state = new(await data.ReadCatalogAsync(keys, cancellationToken).ConfigureAwait(false), keys, time);
            await foreach ((LogPosition position, long term, ReadOnlyMemory<byte> payload) in data.ReadLogAsync(cancellationToken).ConfigureAwait(false))
                state.Replay(position, term, payload);
            state.Judge();
            Dictionary<long, SegmentPieces> held = snapshot.Segments.ToDictionary(s => s.Id);
            foreach (StreamState stream in state.Streams.Where(s => snapshot.Holds(s.Name) && !keys.IsErased(s.Id)))
            {
                foreach (SegmentInfo segment in stream.Segments.Items)
                    await Task.Run(() => Decode(snapshot, stream, segment, held.GetValueOrDefault(segment.Id), data, keys, cancellationToken), cancellationToken)
                        .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is BackupException or StorageException)
        {
            _problems.Add($"snapshot {snapshot.Id} cannot be restored: {e.Message}");
        }
    }

    private void Decode(
        SnapshotManifest snapshot,
        StreamState stream,
        SegmentInfo info,
        SegmentPieces? pieces,
        SnapshotData data,
        Keyring keys,
        CancellationToken cancellationToken)
    {
        if (pieces is null || pieces.FileBytes != info.FileBytes)
        {
            _problems.Add($"snapshot {snapshot.Id} does not hold segment {info.Id} of stream '{stream.Name}' with its {info.FileBytes} bytes");
            return;
        }

        if (!_decoded.Add(pieces.Salt))
            return;
        using RepositoryFile file = new(data, pieces, cancellationToken);
        SegmentInspection inspection = SegmentInspection.Read(file, keys.Key);
        if (inspection.SegmentId != info.Id || inspection.StreamId != info.StreamId || inspection.RowCount != info.RowCount)
            _problems.Add($"snapshot {snapshot.Id} holds another segment as number {info.Id} of stream '{stream.Name}'");
        foreach (PageDamage page in inspection.Damage)
            _problems.Add($"segment {info.Id} of stream '{stream.Name}' was damaged already when it was copied: {page.Message}");
        Report(_doneBytes + pieces.FileBytes, _totalBytes);
    }
}
