using System.Security.Cryptography;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage;

namespace Varve.Backup.Drill;

/// <summary>Hashes rows of a stream by their values, however they are stored. Without state.</summary>
internal static class RowDigest
{
    /// <param name="view">Has the rows.</param>
    /// <param name="from">The first one.</param>
    /// <param name="to">Behind the last one.</param>
    /// <param name="columnCount">The first so many columns count, and <c>_time</c>.</param>
    /// <param name="isGentle">Whether it rests for as long as it works, so that others have the processors too.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="cancellationToken">Ends it between two chunks.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static async Task<string> ComputeAsync(
        StreamView view, long from, long to, int columnCount, bool isGentle, TimeProvider time, CancellationToken cancellationToken)
    {
        ArrayDigest[] columns = [.. view.Stream.Schema.Fields.Take(columnCount).Select(f => new ArrayDigest(f.Type))];
        ArrayDigest? times = null;
        try
        {
            for (int i = from < to ? view.ChunkIndexOf(from) : view.Chunks.Count; i < view.Chunks.Count; i++)
            {
                ViewChunk chunk = view.Chunks[i];
                if (chunk.FirstOffset >= to)
                    break;
                cancellationToken.ThrowIfCancellationRequested();
                long start = time.GetTimestamp();
                int first = (int)Math.Max(0, from - chunk.FirstOffset);
                int count = (int)Math.Min(chunk.RowCount, to - chunk.FirstOffset) - first;
                for (int c = 0; c < columns.Length; c++)
                    columns[c].Add(chunk.Columns[c], first, count);
                ArrayData accepted = chunk.Time;
                times ??= new ArrayDigest(accepted.Type);
                times.Add(accepted, first, count);
                if (isGentle)
                    await Task.Delay(time.GetElapsedTime(start), time, cancellationToken).ConfigureAwait(false);
            }

            using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (ArrayDigest column in columns)
                all.AppendData(column.Finish());
            if (times is not null)
                all.AppendData(times.Finish());
            return Convert.ToHexStringLower(all.GetHashAndReset());
        }
        finally
        {
            foreach (ArrayDigest column in columns)
                column.Dispose();
            times?.Dispose();
        }
    }
}
