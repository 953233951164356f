using System.Runtime.CompilerServices;
using Varve.Backup.Archive;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Backup.Restore;

/// <summary>
/// Reads what a node was at a moment: the catalog of a snapshot, the entries that come with it, and those of the archive behind it. Used once, by one
/// thread.
/// </summary>
internal sealed class MomentReader(SealedRepository repository, SnapshotManifest manifest, Moment moment)
{
    private readonly List<ArchivePiece> _archived = [];
    private DateTimeOffset _reachedAt;

    public SnapshotManifest Manifest => manifest;

    public SnapshotData Data { get; } = new(repository, manifest);

    /// <summary>With the keys of the node.</summary>
    public async Task<History> ReadHistoryAsync(CancellationToken cancellationToken) =>
        await new HistoryStore(repository, manifest.HistoryId).ReadAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new BackupException(BackupErrorCode.Damaged, $"the keys of snapshot {manifest.Id} are missing in the repository or damaged there");

    /// <summary>
    /// Replays all entries up to the moment. Throws <see cref="BackupErrorCode.NotFound"/> where the repository does not reach it,
    /// <see cref="BackupErrorCode.Damaged"/> where it would, but for what is lost.
    /// </summary>
    /// <param name="state">Begins with the snapshot's catalog.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ReplayAsync(RestoredState state, CancellationToken cancellationToken)
    {
        await foreach ((LogPosition position, long term, ReadOnlyMemory<byte> payload) in Data.ReadLogAsync(cancellationToken).ConfigureAwait(false))
            state.Replay(position, term, payload);
        bool isReached = moment.Position == manifest.Position.Value;
        if (moment.GoesOn && !isReached)
        {
            ArchiveReader archive = new(repository, manifest.HistoryId);
            await foreach (ArchivePiece piece in archive.ReadFromAsync(manifest.Position.Value, cancellationToken).ConfigureAwait(false))
            {
                _archived.Add(piece);
                isReached = !await ReplayAsync(piece, state, cancellationToken).ConfigureAwait(false);
                if (isReached)
                    break;
            }
        }

        state.Judge();
        RequireReached(state, isReached);
        if (moment.IsOpen && !isReached)
        {
            await LostSnapshot.RequireNoneAsync(repository, manifest, moment.Time, _reachedAt, state.Position.Value, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Entries that were replayed, once more: those from one position to another. Only what they stand in is read.</summary>
    public async IAsyncEnumerable<(long Term, ReadOnlyMemory<byte> Payload)> ReadAsync(
        LogPosition from, LogPosition to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LogPosition next = from;
        foreach (LogPiece piece in manifest.Log.Concat(_archived.SelectMany(p => p.Log)).Where(p => p.LastPosition >= from.Value && p.FirstPosition <= to.Value))
        {
            byte[] content = await Data.ReadAsync(piece.Object, cancellationToken).ConfigureAwait(false);
            foreach ((LogPosition position, long term, ReadOnlyMemory<byte> payload) in LogPieceCodec.Read(piece, content))
            {
                if (position != next || position > to)
                    continue;
                yield return (term, payload);
                next = next.Next;
            }
        }

        if (next <= to)
            throw new BackupException(BackupErrorCode.Damaged, $"entries {next} to {to} behind snapshot {manifest.Id} are missing");
    }

    /// <summary>The segments of streams at the moment, and where they lie.</summary>
    public List<SegmentPieces> SegmentsOf(IEnumerable<StreamState> streams)
    {
        Dictionary<long, SegmentPieces> held = [];
        foreach (SegmentPieces pieces in manifest.Segments.Concat(_archived.SelectMany(p => p.Segments)))
            held[pieces.Id] = pieces;
        List<SegmentPieces> needed = [];
        foreach ((StreamState stream, long id) in streams.SelectMany(s => s.Segments.Items.Select(i => (s, i.Id))))
        {
            needed.Add(held.GetValueOrDefault(id) ?? throw new BackupException(
                BackupErrorCode.Damaged, $"snapshot {manifest.Id} does not hold segment {id} of stream '{stream.Name}'"));
        }

        return needed;
    }

    /// <summary>False where the moment is reached.</summary>
    private async Task<bool> ReplayAsync(ArchivePiece piece, RestoredState state, CancellationToken cancellationToken)
    {
        foreach (LogPiece stretch in piece.Log)
        {
            byte[] content = await Data.ReadAsync(stretch.Object, cancellationToken).ConfigureAwait(false);
            foreach ((LogPosition position, long term, ReadOnlyMemory<byte> payload) in LogPieceCodec.Read(stretch, content))
            {
                if (position <= state.Position)
                    continue;
                DateTimeOffset acceptedAt = EntryTime.Of(position, term, payload);
                _reachedAt = acceptedAt > _reachedAt ? acceptedAt : _reachedAt;
                if (position.Value > moment.Position || acceptedAt > moment.Time || GoesBeyond(position, payload, state))
                    return false;
                state.Replay(position, term, payload);
            }
        }

        return !(state.Position.Value >= moment.Position);
    }

    /// <summary>Whether an entry has rows of the stream at or behind the offset where it is to end.</summary>
    private bool GoesBeyond(LogPosition position, ReadOnlyMemory<byte> payload, RestoredState state)
    {
        if (moment.End is not { } end || state.Find(end.Stream) is not { } stream)
            return false;
        bool goesBeyond = false;
        RecordReader.Split(new LogEntry(position, 0, payload), record => goesBeyond |= RecordFormat.KindOf(record.Span) == RecordKind.Append
            && AppendHeader.TryRead(record.Span) is { } append && append.StreamId == stream.Id && append.FirstOffset + append.RowCount > end.Offset);
        return goesBeyond;
    }

    private void RequireReached(RestoredState state, bool isReached)
    {
        string from = $"from snapshot {manifest.Id} on, the repository {repository.Description} reaches";
        if (moment.Position is { } wanted && state.Position.Value < wanted)
            throw new BackupException(BackupErrorCode.NotFound, $"position {wanted} cannot be restored: {from} position {state.Position.Value}");
        if (moment.End is not { } end || isReached)
            return;
        StreamState stream = state.Find(end.Stream)
            ?? throw new BackupException(BackupErrorCode.NotFound, $"there is no stream '{end.Stream}': {from} position {state.Position.Value}");
        if (stream.EndOffset < end.Offset)
        {
            throw new BackupException(
                BackupErrorCode.NotFound, $"offset {end.Offset} of stream '{end.Stream}' cannot be restored: {from} offset {stream.EndOffset} of it");
        }
    }
}
