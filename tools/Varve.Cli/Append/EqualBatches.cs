using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Arrow.Transform;

namespace Varve.Cli.Append;

/// <summary>Cuts rows into batches of one size, the last one smaller, so that the n-th batch of a file is always the same. Stateless.</summary>
internal static class EqualBatches
{
    public static async IAsyncEnumerable<RecordBatch> OfAsync(
        IAsyncEnumerable<RecordBatch> batches, int rowCount, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var waiting = new List<RecordBatch>();
        int waitingRows = 0;
        await foreach (RecordBatch batch in batches.WithCancellation(cancellation))
        {
            for (int at = 0; at < batch.RowCount;)
            {
                int taken = Math.Min(rowCount - waitingRows, batch.RowCount - at);
                waiting.Add(batch.Slice(at, taken));
                at += taken;
                waitingRows += taken;
                if (waitingRows < rowCount)
                    continue;
                yield return Join(waiting);
                waitingRows = 0;
            }
        }

        if (waitingRows > 0)
            yield return Join(waiting);
    }

    private static RecordBatch Join(List<RecordBatch> parts)
    {
        RecordBatch joined = parts.Count == 1 ? parts[0] : ArrayConcat.Concat(parts);
        parts.Clear();
        return joined;
    }
}
