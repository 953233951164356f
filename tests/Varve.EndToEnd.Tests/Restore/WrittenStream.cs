using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.EndToEnd.Tests.Restore;

/// <summary>All that was done to one stream. Any number of writers; read when they have ended.</summary>
internal sealed class WrittenStream(string name)
{
    public static readonly Schema Columns = new(
        [.. new[] { "writer", "number", "row" }.Select(column => new Field(column, ArrowTypes.Int64, isNullable: false))]);

    private readonly List<WrittenBatch> _batches = [];

    public string Name => name;

    public Timeline<bool> IsThere { get; } = new(false);

    public Timeline<long?> RetainRows { get; } = new(null);

    public Timeline<int> KeyVersion { get; } = new(1);

    public IReadOnlyList<WrittenBatch> Batches => _batches;

    /// <summary>Notes a batch, before it is sent.</summary>
    public (WrittenBatch Written, RecordBatch Rows) Next(long writer, long number, int rowCount)
    {
        WrittenBatch written = new(writer, number, rowCount, TimeProvider.System.GetUtcNow());
        lock (_batches)
            _batches.Add(written);
        RecordBatchBuilder builder = new(Columns);
        for (long row = 0; row < rowCount; row++)
            builder.AppendRow(writer, number, row);
        return (written, builder.Build());
    }

    /// <summary>Fails unless a restored stream has the settings and exactly the rows of a position. Returns the batches that it has.</summary>
    public async Task<IReadOnlyList<WrittenBatch>> CheckAsync(VarveClient restored, StreamDescription found, long position)
    {
        Assert.Contains(found.Settings is { HasRetainRows: true } settings ? settings.RetainRows : null, RetainRows.PossibleAt(position));
        Dictionary<long, WrittenBatch> expected = _batches.Where(b => b.Ack?.Position <= position).ToDictionary(b => b.Ack!.FirstOffset);
        Dictionary<(long, long), WrittenBatch> unanswered = _batches.Where(b => b.Ack is null).ToDictionary(b => (b.Writer, b.Number));
        List<WrittenBatch> seen = [];
        long next = 0;
        int left = 0;
        await foreach (StreamRows rows in restored.ReadAsync(name))
        {
            for (int i = 0; i < rows.Rows.RowCount; i++, next++)
            {
                (long writer, long number, long row) = (Value(rows, 0, i), Value(rows, 1, i), Value(rows, 2, i));
                if (left == 0)
                {
                    WrittenBatch batch = expected.TryGetValue(next, out WrittenBatch? known) ? known
                        : unanswered.GetValueOrDefault((writer, number))
                        ?? throw new InvalidOperationException(
                            $"position {position}: row {next} of {name} is of batch {number} of writer {writer}, which is not there then");
                    seen.Add(batch);
                    left = batch.RowCount;
                }

                Assert.Equal((seen[^1].Writer, seen[^1].Number, seen[^1].RowCount - left), (writer, number, row));
                left--;
            }
        }

        Assert.Equal(0, left);
        Assert.Equal(found.EndOffset, next);
        Assert.Equal(expected.Count, seen.Count(b => b.Ack is not null));
        return seen;
    }

    private static long Value(StreamRows rows, int column, int row) => ArrayReader.GetInt64(rows.Rows.Columns[column], row);
}
