using Varve.Arrow;
using Varve.Storage.Keys;
using Varve.Storage.Segments.Ordering;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;
using Varve.Storage.Views;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// Makes the segments of a restored stream: those of the source page for page, and anew where a cut goes through one, and for rows that are in none yet.
/// Offsets and times stay. Used once; several segments at a time.
/// </summary>
/// <param name="source">The stream as it is to be, of whatever node.</param>
/// <param name="sourceFiles">Its files.</param>
/// <param name="maker">Makes the new ones.</param>
/// <param name="changes">Gives ids.</param>
/// <param name="key">Of the new stream.</param>
/// <param name="sealRows">So many rows go to a segment that is made of rows in memory, about.</param>
internal sealed class StreamRestore(
    StreamHead source, SegmentFiles sourceFiles, SegmentMaker maker, SegmentChanges changes, StreamKey key, long sealRows)
{
    private const int Workers = 2;

    private readonly Schema _schema = source.Schema.Schema;
    private readonly List<SegmentInfo> _made = [];
    private readonly Lock _gate = new();

    /// <summary>What is read of the source.</summary>
    public static long BytesOf(StreamHead source, long endOffset) => source.Segments.Where(s => s.FirstOffset < endOffset).Sum(s => s.FileBytes);

    /// <summary>Makes the segments of all rows before an offset, in the order of their offsets. Where it fails, nothing is left of them.</summary>
    /// <param name="streamId">Of the new stream.</param>
    /// <param name="endOffset">At least where the source's rows begin, at most where they end.</param>
    /// <param name="copied">Told the bytes of each file that was copied. Any thread.</param>
    /// <param name="cancellationToken">Ends it between two pages.</param>
    public async Task<IReadOnlyList<SegmentInfo>> RunAsync(long streamId, long endOffset, Action<long> copied, CancellationToken cancellationToken)
    {
        try
        {
            await Parallel.ForEachAsync(
                source.Segments.Where(s => s.FirstOffset < endOffset),
                new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken },
                (segment, _) =>
                {
                    Note(segment.EndOffset <= endOffset ? Copy(segment, streamId) : Cut(segment, streamId, endOffset));
                    copied(segment.FileBytes);
                    return ValueTask.CompletedTask;
                }).ConfigureAwait(false);
            SealTail(streamId, endOffset, cancellationToken);
            return [.. _made.OrderBy(s => s.FirstOffset)];
        }
        catch
        {
            Discard();
            throw;
        }
    }

    /// <summary>Throws away what was made: the catalog will not hear of it.</summary>
    public void Discard() => _made.ForEach(maker.Discard);

    private void Note(SegmentInfo made)
    {
        lock (_gate)
            _made.Add(made);
    }

    private SegmentInfo Copy(SegmentInfo segment, long streamId) =>
        maker.Make(changes.TakeId(), sourceFiles.Of(segment, _schema), streamId, key);

    /// <summary>The rows of a segment before an offset.</summary>
    private SegmentInfo Cut(SegmentInfo segment, long streamId, long endOffset)
    {
        MergeSource all = new([new SegmentRows(segment, sourceFiles.Of(segment, _schema), _schema)]);
        int rowCount = (int)(endOffset - segment.FirstOffset);
        long rawBytes = segment.RawBytes / segment.RowCount * rowCount;
        int[] blockRows = BlockCut.Of(rowCount, rawBytes, _schema);
        try
        {
            SegmentSource rows = all.HasOrder
                ? new RecutSource(all, blockRows)
                : new SortedSource(all, RowOrder.Before(all, endOffset), blockRows, keepsOffsets: true);
            return maker.Make(changes.TakeId(), rows, new SegmentDraft(streamId, key, rawBytes, segment.ClusteredBy));
        }
        catch (DamagedSegmentException damaged)
        {
            throw new StorageException(StorageErrorCode.Corruption, damaged.Message, damaged);
        }
    }

    private void SealTail(long streamId, long endOffset, CancellationToken cancellationToken)
    {
        int[] clusterBy = source.Settings.ClusterColumns;
        Queue<ViewChunk> tail = new(ViewCache.TailOf(source).Where(c => c.FirstOffset < endOffset));
        while (tail.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<ViewChunk> chunks = [];
            for (long rows = 0; tail.TryPeek(out ViewChunk? next) && (rows == 0 || rows + next.RowCount <= sealRows); rows += next.RowCount)
            {
                tail.Dequeue();
                int rowCount = (int)Math.Min(next.RowCount, endOffset - next.FirstOffset);
                chunks.Add(rowCount == next.RowCount ? next : new CutChunk(next, rowCount));
            }

            TailSource together = new(_schema, chunks);
            long rawBytes = together.MeasureRawBytes();
            SegmentDraft draft = new(streamId, key, rawBytes, clusterBy);
            Note(maker.Make(changes.TakeId(), ClusteredRows.Of(together, clusterBy, rawBytes), draft));
        }
    }
}
