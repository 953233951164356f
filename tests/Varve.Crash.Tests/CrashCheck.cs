using Varve.Arrow.Values;
using Varve.Crash.Writer;
using Varve.Storage;

namespace Varve.Crash.Tests;

/// <summary>
/// Judges a stream after crashes: every row belongs to a whole batch, no batch is there twice, each writer's batches are in order, every acknowledged
/// batch is there at its offset, and what was found after an earlier crash is unchanged. Of what was not acknowledged at most one batch a writer
/// and life may be there, since each waits for its acknowledgement. One thread.
/// </summary>
internal sealed class CrashCheck(string stream)
{
    private readonly List<StoredBatch> _known = [];
    private readonly HashSet<(long Writer, long Batch)> _told = [];

    /// <summary>Batches that were found without ever having been acknowledged.</summary>
    public int UnacknowledgedCount { get; private set; }

    public int BatchCount => _known.Count;

    public void Judge(StreamView view, IEnumerable<Acknowledged> acknowledged, int writerCount) =>
        Judge(Read(view.Chunks.Select(c => new StoredRows(c.FirstOffset, c.RowCount, [.. c.Columns]))), acknowledged, writerCount);

    public void Judge(IEnumerable<StoredRows> rows, IEnumerable<Acknowledged> acknowledged, int writerCount) =>
        Judge(Read(rows), acknowledged, writerCount);

    public void Judge(IReadOnlyList<StoredBatch> found, IEnumerable<Acknowledged> acknowledged, int writerCount)
    {
        for (int i = 0; i < _known.Count; i++)
        {
            if (i >= found.Count || found[i] != _known[i])
                throw Wrong($"{_known[i]} was there after an earlier crash, now {(i < found.Count ? found[i] : "nothing")} is");
        }

        Dictionary<(long Writer, long Batch), StoredBatch> places = [];
        Dictionary<long, long> newest = [];
        long next = 0;
        foreach (StoredBatch batch in found)
        {
            if (batch.FirstOffset != next)
                throw Wrong($"{batch} begins where {next} is next");
            if (!places.TryAdd((batch.Writer, batch.Batch), batch))
                throw Wrong($"{batch} is there twice");
            if (newest.GetValueOrDefault(batch.Writer, -1) >= batch.Batch)
                throw Wrong($"{batch} stands behind a newer batch of its writer");
            newest[batch.Writer] = batch.Batch;
            next += batch.RowCount;
        }

        foreach (Acknowledged told in acknowledged.Where(a => a.Stream == stream))
        {
            if (!places.TryGetValue((told.Writer, told.Batch), out StoredBatch batch))
                throw Wrong($"{told} is lost");
            if (batch.FirstOffset != told.FirstOffset || batch.RowCount != told.RowCount)
                throw Wrong($"{told} is there as {batch}");
            _told.Add((told.Writer, told.Batch));
        }

        int untold = found.Skip(_known.Count).Count(b => !_told.Contains((b.Writer, b.Batch)));
        if (untold > writerCount)
            throw Wrong($"{untold} batches are there that were not acknowledged, of {writerCount} writers that wait for each");
        UnacknowledgedCount += untold;
        _known.AddRange(found.Skip(_known.Count));
    }

    /// <summary>The batches of these rows, each checked to be whole and to hold what was appended.</summary>
    private List<StoredBatch> Read(IEnumerable<StoredRows> rows)
    {
        List<StoredBatch> batches = [];
        int expectedRow = 0;
        foreach (StoredRows chunk in rows)
        {
            for (int i = 0; i < chunk.RowCount; i++)
            {
                long writer = ArrayReader.GetInt64(chunk.Columns[0], i);
                long batch = ArrayReader.GetInt64(chunk.Columns[1], i);
                int row = (int)ArrayReader.GetInt64(chunk.Columns[2], i);
                int batchRows = (int)ArrayReader.GetInt64(chunk.Columns[3], i);
                string payload = ArrayReader.GetString(chunk.Columns[4], i);
                if (expectedRow == 0)
                    batches.Add(new StoredBatch(writer, batch, chunk.FirstOffset + i, batchRows));
                StoredBatch current = batches[^1];
                if (row != expectedRow || (writer, batch, batchRows) != (current.Writer, current.Batch, current.RowCount))
                {
                    throw Wrong(
                        $"row {row} of {batchRows} of batch {batch} of writer {writer} stands at offset {chunk.FirstOffset + i} inside of {current}");
                }

                int payloadBytes =
                    int.Parse(payload[..payload.IndexOf(':', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
                if (payload != CrashRows.Payload(writer, batch, row, payloadBytes))
                    throw Wrong($"the payload at offset {chunk.FirstOffset + i} is not what was appended");
                expectedRow = row + 1 == batchRows ? 0 : row + 1;
            }
        }

        return expectedRow == 0 ? batches : throw Wrong($"{batches[^1]} ends after {expectedRow} rows");
    }

    private CrashCheckException Wrong(string what) => new($"stream '{stream}': {what}");
}
