using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Recovery;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Sealing;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage.Checking;

/// <summary>
/// Makes segments anew from rows that the log still has: those are restored as a recovery would that knew of no segment from there on. One repair at a
/// time.
/// </summary>
internal sealed class SegmentRepair(DurableLog log, Keyring keys, SegmentFiles files, SegmentMaker maker, SegmentChanges changes)
{
    /// <summary>Null when another segment has taken its place; else why that cannot be, and nothing was changed.</summary>
    /// <param name="state">The catalog at a moment.</param>
    /// <param name="stream">Whose segment it is.</param>
    /// <param name="damaged">The segment.</param>
    /// <param name="cancellationToken">Ends the reading of the log.</param>
    public async Task<string?> TryAsync(CheckpointState state, StreamState stream, SegmentInfo damaged, CancellationToken cancellationToken)
    {
        StreamHead head;
        try
        {
            head = await RestoreAsync(state, stream.Id, damaged, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException gone) when (gone.Code == StorageErrorCode.Corruption)
        {
            return $"the log, which begins at entry {log.BeginPosition}, does not have all of its rows any more";
        }

        IReadOnlyList<ViewChunk> chunks = head.Stream.Views.Open(head, head.Position, files).Until(damaged.EndOffset).Chunks;
        TailSource rows = new(head.Schema.Schema, [.. chunks.Where(chunk => chunk.FirstOffset >= damaged.FirstOffset)]);
        long rawBytes = rows.MeasureRawBytes();
        int[] clusterBy = head.Settings.ClusterColumns;
        SegmentInfo anew = maker.Make(
            changes.TakeId(),
            ClusteredRows.Of(rows, clusterBy, rawBytes),
            new SegmentDraft(stream.Id, keys.CurrentKey(stream.Id), rawBytes, clusterBy));
        SegmentOutcome outcome = await changes.ReplaceAsync(stream, [damaged.Id], [anew]).ConfigureAwait(false);
        if (outcome == SegmentOutcome.Done)
            return null;
        maker.Discard(anew);
        return $"it was changed meanwhile ({outcome})";
    }

    private async Task<StreamHead> RestoreAsync(CheckpointState state, long streamId, SegmentInfo damaged, CancellationToken cancellationToken)
    {
        CheckpointStream whole = state.Streams.Single(s => s.Id == streamId);
        SegmentList before = SegmentList.Restore(
            [.. whole.Segments.Items.TakeWhile(s => s.Id != damaged.Id)],
            whole.Segments.FirstOffset,
            damaged.FirstOffset,
            whole.Schema.Fields.Count,
            out string? problem) ?? throw new InvalidOperationException(problem);
        CheckpointState without = new(
            state.Position, state.LastStreamId, state.LastSegmentId, state.CatalogVersion, [whole with { Segments = before }]);
        StreamCatalog catalog = new(without);
        TailRestore rows = new(without, catalog, new RecordReader(catalog.SchemaOf, keys));
        await foreach (LogEntry entry in log.ReadAsync(log.BeginPosition, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Position > state.Position)
                break;
            rows.Take(entry);
        }

        rows.Finish();
        catalog.Publish();
        return catalog.Find(streamId)!.Head;
    }
}
