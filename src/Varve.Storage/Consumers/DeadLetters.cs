using System.Buffers;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Json;
using Varve.Arrow.Values;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Consumers;

/// <summary>
/// Brings rows that nobody could process to a stream of their own, as JSON with where they are from and why: so that streams of any columns can share
/// one, and columns that come later need no change. Any thread.
/// </summary>
internal sealed class DeadLetters(
    StreamCatalog catalog, AppendPreparer preparer, MemoryBudget budget, Sequencer sequencer, Func<StreamState, StreamView> open,
    Func<string, Schema, Task> create)
{
    /// <summary>Rows that are taken at a time.</summary>
    private const int RowsMax = 256;

    public static Schema Schema { get; } = new(
    [
        new Field("source_stream", ArrowTypes.Utf8, isNullable: false),
        new Field("consumer", ArrowTypes.Utf8, isNullable: false),
        new Field("source_offset", ArrowTypes.Int64, isNullable: false),
        new Field("source_time", ArrowTypes.TimestampMicrosUtc, isNullable: false),
        new Field("deliveries", ArrowTypes.Int32, isNullable: false),
        new Field("reason", ArrowTypes.Utf8, isNullable: false),
        new Field("source_row", ArrowTypes.Utf8),
    ]);

    /// <summary>Makes the stream where it does not exist. Throws <see cref="StorageErrorCode.InvalidSettings"/> where it has other columns.</summary>
    public async Task EnsureStreamAsync(string name)
    {
        if (!catalog.Head.Streams.ContainsKey(name))
            await CreateAsync(name).ConfigureAwait(false);
        try
        {
            _ = catalog.Head.Find(name).Head.Schema.Match(name, Schema);
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.SchemaMismatch)
        {
            throw new StorageException(StorageErrorCode.InvalidSettings, $"stream '{name}' cannot hold dead letters: {e.Message}", e);
        }
    }

    /// <summary>
    /// Stores the rows and passes them, both or neither. Returns how many: rows that were passed meanwhile, or that are gone, are left out.
    /// </summary>
    public async Task<long> AppendAsync(StreamState stream, ConsumerState consumer, OffsetRange rows, int deliveryCount, string reason)
    {
        string target = consumer.Settings.DeadLetterStream!;
        await EnsureStreamAsync(target).ConfigureAwait(false);
        StreamView view = open(stream);
        long stored = 0;
        long end = Math.Min(rows.End, view.EndOffset);
        for (long at = Math.Max(rows.From, view.FirstOffset); at < end;)
        {
            OffsetRange some = new(at, Math.Min(end, at + RowsMax));
            RecordBatch letters = Build(view, consumer, some, deliveryCount, reason, hasRows: true);
            int count = await TryAppendAsync(stream, consumer, some, target, letters).ConfigureAwait(false);
            if (count < 0 && some.RowCount > 1)
            {
                some = some with { End = at + 1 };
                letters = Build(view, consumer, some, deliveryCount, reason, hasRows: true);
                count = await TryAppendAsync(stream, consumer, some, target, letters).ConfigureAwait(false);
            }

            if (count < 0)
            {
                // The row as text is larger than a row can be. It stays where it is.
                letters = Build(view, consumer, some, deliveryCount, reason, hasRows: false);
                count = await TryAppendAsync(stream, consumer, some, target, letters).ConfigureAwait(false);
            }

            stored += Math.Max(0, count);
            at = some.End;
        }

        return stored;
    }

    private async Task CreateAsync(string name)
    {
        try
        {
            await create(name, Schema).ConfigureAwait(false);
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.StreamAlreadyExists)
        {
            // Somebody was faster.
        }
    }

    /// <summary>How many were stored, 0 where they were passed meanwhile; less where they are too large.</summary>
    private async Task<int> TryAppendAsync(StreamState stream, ConsumerState consumer, OffsetRange rows, string target, RecordBatch letters)
    {
        try
        {
            StreamState targetStream = catalog.Head.Find(target);
            CheckedAppend append = preparer.Check(targetStream, targetStream.Head.Schema, letters);
            PendingDeadLetters pending;
            if (budget.TryReserve(append.ReservedBytes))
            {
                pending = Submit();
            }
            else
            {
                using (await budget.WaitAsync(target, append.ReservedBytes, CancellationToken.None).ConfigureAwait(false))
                    pending = Submit();
            }

            return await pending.Result.ConfigureAwait(false) ? letters.RowCount : 0;

            PendingDeadLetters Submit()
            {
                PendingBatch batch = new(targetStream, preparer.Encode(targetStream, append), null);
                PendingDeadLetters operation = new(stream, consumer.Id, consumer.Epoch, rows, batch, budget);
                sequencer.Submit(operation);
                return operation;
            }
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.BatchTooLarge)
        {
            return -1;
        }
    }

    private static RecordBatch Build(StreamView view, ConsumerState consumer, OffsetRange rows, int deliveryCount, string reason, bool hasRows)
    {
        RecordBatchBuilder builder = new(Schema);
        for (long at = rows.From; at < rows.End;)
        {
            ViewChunk chunk = view.Chunks[view.ChunkIndexOf(at)];
            RecordBatch all = new(view.Stream.Schema, chunk.RowCount, [.. chunk.Columns]);
            ArrayData times = chunk.Time;
            for (; at < Math.Min(rows.End, chunk.FirstOffset + chunk.RowCount); at++)
            {
                int row = (int)(at - chunk.FirstOffset);
                builder.AppendRow(
                    view.Stream.Name,
                    consumer.Name,
                    at,
                    DateTimeOffset.UnixEpoch.AddTicks(ArrayReader.GetInt64(times, row) * TimeSpan.TicksPerMicrosecond),
                    deliveryCount,
                    reason,
                    hasRows ? Json(all, row) : null);
            }
        }

        return builder.Build();
    }

    private static string Json(RecordBatch rows, int row)
    {
        ArrayBufferWriter<byte> text = new();
        JsonRows.Write(rows.Slice(row, 1), text);
        return Encoding.UTF8.GetString(text.WrittenSpan).TrimEnd('\n');
    }
}
