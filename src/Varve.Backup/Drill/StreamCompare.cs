using Varve.Storage;

namespace Varve.Backup.Drill;

/// <summary>Compares restored streams with what they ought to be. One thread.</summary>
/// <param name="restored">What was restored, opened.</param>
/// <param name="node">The node that it was once; null: there is none to compare with.</param>
/// <param name="time">Measures.</param>
internal sealed class StreamCompare(StorageEngine restored, StorageEngine? node, TimeProvider time)
{
    /// <param name="name">Of the stream.</param>
    /// <param name="expected">The rows that it ought to have.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DrilledStream> RunAsync(string name, OffsetRange expected, CancellationToken cancellationToken)
    {
        DrilledStream result = new() { Name = name, FirstOffset = expected.From, EndOffset = expected.End, Hash = "", ComparedRowCount = 0 };
        try
        {
            StreamView view = restored.OpenView(name);
            if (view.FirstOffset != expected.From || view.EndOffset != expected.End)
            {
                return result with
                {
                    FirstOffset = view.FirstOffset,
                    EndOffset = view.EndOffset,
                    Problem = $"rows {view.FirstOffset} to {view.EndOffset} were restored, {expected.From} to {expected.End} are in the catalog",
                };
            }

            result = result with { Hash = await DigestAsync(view, view.FirstOffset, view.EndOffset, view, cancellationToken).ConfigureAwait(false) };
            return node is null ? result : await CompareAsync(view, result, node, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            return result with { Problem = $"what was restored cannot be read: {e.Message}" };
        }
    }

    private async Task<DrilledStream> CompareAsync(StreamView view, DrilledStream result, StorageEngine live, CancellationToken cancellationToken)
    {
        try
        {
            if (!live.TryDescribe(view.Stream.Name, out StreamDescription? now))
                return result with { Note = "it was dropped since" };
            if (now.Id != view.Stream.Id)
                return result with { Note = "it was dropped since, and made again" };
            StreamView own = live.OpenView(view.Stream.Name);
            if (own.EndOffset < view.EndOffset)
                return result with { Problem = $"it was restored up to row {view.EndOffset}, but the node has rows up to {own.EndOffset} only" };
            long from = Math.Max(view.FirstOffset, own.FirstOffset);
            string? note = from >= view.EndOffset && view.EndOffset > view.FirstOffset ? "all of its rows were let go since"
                : from > view.FirstOffset ? $"its rows before {from} were let go since" : null;
            result = result with { Note = note };
            if (from >= view.EndOffset)
                return result;
            string restoredHash = from == view.FirstOffset
                ? result.Hash
                : await DigestAsync(view, from, view.EndOffset, view, cancellationToken).ConfigureAwait(false);
            string ownHash = await DigestAsync(own, from, view.EndOffset, view, cancellationToken).ConfigureAwait(false);
            return result with
            {
                ComparedRowCount = view.EndOffset - from,
                Problem = restoredHash == ownHash ? null
                    : $"its rows {from} to {view.EndOffset} are not the node's own: their hash is {restoredHash[..16]}, that of the node's {ownHash[..16]}",
            };
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.StreamNotFound)
        {
            return result with { Note = "it was dropped meanwhile" };
        }
        catch (StorageException e)
        {
            return result with { Problem = $"the node's own rows cannot be read, see varve check: {e.Message}" };
        }
    }

    /// <summary>Over the columns that were restored: those that came since are null in these rows.</summary>
    private Task<string> DigestAsync(StreamView rows, long from, long to, StreamView columnsOf, CancellationToken cancellationToken) =>
        RowDigest.ComputeAsync(rows, from, to, columnsOf.Stream.Schema.Fields.Count, isGentle: node is not null, time, cancellationToken);
}
