using Varve.Storage.Log;
using Varve.Storage.Producers;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Sequencing;

/// <summary>
/// Where rows come in: checks and encodes them on the caller's thread, gets them memory, and hands them to the sequencer. Any thread.
/// </summary>
internal sealed class Appender(StreamCatalog catalog, AppendPreparer preparer, MemoryBudget budget, Sequencer sequencer, DurableLog log)
{
    /// <summary>Streams that one append can go to.</summary>
    private const int StreamsMax = ProducerState.KeptBatchesMax;

    public Task<AppendResult> AppendAsync(StreamAppend append, AppendOptions options, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<AppendResult>(cancellationToken);
        try
        {
            ThrowIfNotAccepting();
            (StreamState stream, CheckedAppend rows) = Check(append);
            if (rows.Rows.RowCount == 0)
                return Task.FromResult(WithoutRows(stream, append.ExpectedOffset));
            return budget.TryReserve(rows.ReservedBytes)
                ? Submit([new CheckedBatch(stream, rows, append.ExpectedOffset)], options, cancellationToken).Result
                : AppendWhenRoomAsync(new CheckedBatch(stream, rows, append.ExpectedOffset), options, cancellationToken);
        }
        catch (StorageException refused)
        {
            options.Chain?.Break();
            return Task.FromException<AppendResult>(refused);
        }
    }

    public async Task<IReadOnlyList<AppendResult>> AppendAsync(
        IReadOnlyList<StreamAppend> appends, AppendOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            ThrowIfNotAccepting();
            (StreamState Stream, CheckedAppend Rows)[] all = [.. appends.Select(Check)];
            CheckTogether(all);
            CheckedBatch[] batches =
                [.. all.Zip(appends, (a, b) => new CheckedBatch(a.Stream, a.Rows, b.ExpectedOffset)).Where(b => b.Rows.Rows.RowCount > 0)];

            // Before any row is on its way: one that expects another end refuses all.
            AppendResult?[] withoutRows =
                [.. all.Select((a, i) => a.Rows.Rows.RowCount > 0 ? (AppendResult?)null : WithoutRows(a.Stream, appends[i].ExpectedOffset))];
            AppendResult[] results = await AppendAllAsync(batches, options, cancellationToken).ConfigureAwait(false);
            int next = 0;
            return [.. withoutRows.Select(answer => answer ?? results[next++])];
        }
        catch (StorageException)
        {
            options.Chain?.Break();
            throw;
        }
    }

    private (StreamState Stream, CheckedAppend Rows) Check(StreamAppend append)
    {
        StreamState stream = catalog.Head.Find(append.Stream);
        return (stream, preparer.Check(stream, stream.Head.Schema, append.Rows));
    }

    private void CheckTogether((StreamState Stream, CheckedAppend Rows)[] all)
    {
        if (all.Length is 0 or > StreamsMax)
        {
            throw new StorageException(
                StorageErrorCode.InvalidData, $"cannot append to {all.Length} streams at once: expected 1 to {StreamsMax}");
        }

        preparer.CheckTogether(all[0].Stream.Name, all.Sum(a => a.Rows.SizeBytes));
        if (all.GroupBy(a => a.Stream.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new StorageException(
                StorageErrorCode.InvalidData,
                $"cannot append to stream '{twice.First().Stream.Name}' twice at once: join the rows to one batch");
        }
    }

    private async Task<AppendResult[]> AppendAllAsync(CheckedBatch[] batches, AppendOptions options, CancellationToken cancellationToken)
    {
        if (batches.Length == 0)
            return [];
        PendingAppend append;
        long bytes = batches.Sum(b => b.Rows.ReservedBytes);
        if (budget.TryReserve(bytes))
        {
            append = Submit(batches, options, cancellationToken);
        }
        else
        {
            using (await budget.WaitAsync(batches[0].Stream.Name, bytes, cancellationToken).ConfigureAwait(false))
                append = Submit(batches, options, cancellationToken);
        }

        await append.Result.ConfigureAwait(false);
        return append.Results;
    }

    private async Task<AppendResult> AppendWhenRoomAsync(CheckedBatch batch, AppendOptions options, CancellationToken cancellationToken)
    {
        try
        {
            Task<AppendResult> append;
            using (await budget.WaitAsync(batch.Stream.Name, batch.Rows.ReservedBytes, cancellationToken).ConfigureAwait(false))
                append = Submit([batch], options, cancellationToken).Result;
            return await append.ConfigureAwait(false);
        }
        catch
        {
            options.Chain?.Break();
            throw;
        }
    }

    /// <summary>Encodes the batches, whose memory is reserved, and sends them off. Where that fails, the memory is given back.</summary>
    private PendingAppend Submit(CheckedBatch[] batches, AppendOptions options, CancellationToken cancellationToken)
    {
        PendingBatch[] pending = new PendingBatch[batches.Length];
        int encoded = 0;
        try
        {
            for (; encoded < batches.Length; encoded++)
            {
                CheckedBatch batch = batches[encoded];
                pending[encoded] = new PendingBatch(batch.Stream, preparer.Encode(batch.Stream, batch.Rows), batch.ExpectedOffset);
            }
        }
        catch
        {
            // The one that failed has given back its own.
            for (int i = 0; i < encoded; i++)
                pending[i].Rows.ReleaseEncoded();
            for (int i = 0; i < batches.Length; i++)
                budget.Release(i == encoded ? 0 : batches[i].Rows.ReservedBytes);
            throw;
        }

        PendingAppend append = new(pending, options, budget);
        append.CancelWith(cancellationToken);
        sequencer.Submit(append);
        return append;
    }

    /// <summary>They leave no trace: no entry, no number of a producer.</summary>
    private AppendResult WithoutRows(StreamState stream, long? expectedOffset)
    {
        long end = stream.Head.EndOffset;
        if (expectedOffset is { } expected && expected != end)
            throw Refusals.OffsetMismatch(stream.Name, expected, end);
        return new AppendResult(stream.Name, end, 0, sequencer.VisibleUpTo, Durability.LocalDisk);
    }

    private void ThrowIfNotAccepting()
    {
        if (sequencer.StopReason is { } reason)
            throw Sequencer.Refusal(reason);
        if (log.Space.Shortage is { } full)
            throw new StorageException(full.Code, full.Message, full.InnerException);
    }

    /// <summary>A batch that fits its stream, before it is encoded.</summary>
    private readonly record struct CheckedBatch(StreamState Stream, CheckedAppend Rows, long? ExpectedOffset);
}
