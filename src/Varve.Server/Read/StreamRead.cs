using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Query.Following;
using Varve.Server.Errors;
using Varve.Storage;
using StreamDescription = Varve.Storage.StreamDescription;

namespace Varve.Server.Read;

/// <summary>
/// One read of a stream, for Read and for Flight alike: rows come in slices of a size that suits a message. A reader that waits for new rows holds no
/// view and no thread. For one reader at a time.
/// </summary>
/// <param name="engine">Gives the rows.</param>
/// <param name="opened">The stream as it was when the read opened.</param>
/// <param name="range">Which rows.</param>
/// <param name="columns">Which columns.</param>
/// <param name="maxBatchRows">Rows of a slice; 0: as many as suit.</param>
/// <param name="filter">Null: all rows.</param>
internal sealed class StreamRead(
    StorageEngine engine, StreamView opened, ReadRange range, ReadColumns columns, uint maxBatchRows, StreamFilter? filter)
{
    /// <summary>A slice has at most that many rows,</summary>
    private const int MaxSliceRows = 65_536;

    /// <summary>and is cut to about this size where it is larger than twice that: many clients take messages of 4 MiB at most.</summary>
    private const long SliceBytes = 1L << 20;

    private readonly int _maxRows = maxBatchRows == 0 ? MaxSliceRows : (int)Math.Min(maxBatchRows, MaxSliceRows);

    /// <summary>The stream as it was when the read opened.</summary>
    public StreamDescription Stream { get; } = opened.Stream;

    /// <summary>What a response without rows says of the read as it opened.</summary>
    public ReadResponse Opened { get; } = new()
    {
        FirstOffset = range.Start,
        NextOffset = range.Start,
        Position = opened.Position.Value,
        EndOffset = opened.EndOffset,
    };

    /// <summary>Of all slices, also where columns are added to the stream meanwhile.</summary>
    public Schema Schema => columns.Schema;

    /// <summary>How many rows come; null where nobody knows before they have.</summary>
    public long? RowCount => filter is null && EndOffset is { } end ? Math.Max(0, end - range.Start) : null;

    /// <summary>A read that does not follow ends where the stream ended when it opened.</summary>
    private long? EndOffset => !range.IsFollowing ? Math.Min(range.End, Stream.EndOffset) : range.End == ReadRange.Unbounded ? null : range.End;

    /// <summary>
    /// The rows, in order; those of a slice may be looked at until the next one is asked for. Ends with STREAM_NOT_FOUND when the stream is dropped
    /// meanwhile.
    /// </summary>
    public async IAsyncEnumerable<RowSlice> SlicesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long end = EndOffset ?? ReadRange.Unbounded;
        long offset = range.Start;
        long rowsLeft = range.RowCountMax;
        FilterWindow? window = filter is null ? null : new FilterWindow(filter, columns);
        while (offset < end && rowsLeft > 0)
        {
            StreamView view = OpenView(offset);
            long to = Math.Min(end, view.EndOffset);
            if (window is not null)
            {
                to = Math.Min(to, offset + window.RowCount);
                await window.LookAsync(view, offset, to, cancellationToken);
            }

            foreach (RowSlice rows in offset >= to ? [] : window is null ? Chunks(view, offset, to) : window.Rows(view, to))
            {
                for (int start = 0; start < rows.Rows.RowCount && rowsLeft > 0;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int count = Cut(rows.Rows, start, (int)Math.Min(rowsLeft, Math.Min(_maxRows, rows.Rows.RowCount - start)));
                    yield return rows.Slice(start, count);
                    start += count;
                    rowsLeft -= count;
                }
            }

            offset = Math.Max(offset, to);
            if (offset < end && rowsLeft > 0)
                await engine.WaitForRowsAsync(Stream.Name, offset, cancellationToken);
        }
    }

    private StreamView OpenView(long offset)
    {
        StreamView view = engine.OpenView(Stream.Name);
        if (view.Stream.Id != Stream.Id)
        {
            throw ErrorMapper.Create(ErrorCode.StreamNotFound,
                $"stream '{Stream.Name}' was dropped while it was read; another of that name exists now", Stream.Name);
        }

        return offset >= view.FirstOffset
            ? view
            : throw ErrorMapper.Create(ErrorCode.OffsetOutOfRange,
                $"cannot read stream '{Stream.Name}' on from offset {offset}: the oldest row that is kept is {view.FirstOffset}", Stream.Name);
    }

    private IEnumerable<RowSlice> Chunks(StreamView view, long offset, long end)
    {
        // For as long as there is something to read: a reader that waits for new rows holds no memory. One chunk would not use it twice.
        BlockBuffers? buffers = null;
        for (int at = view.ChunkIndexOf(offset); offset < end; at++)
        {
            ViewChunk chunk = view.Chunks[at];
            long chunkEnd = Math.Min(end, chunk.FirstOffset + chunk.RowCount);
            buffers ??= chunkEnd < end ? new BlockBuffers() : null;
            buffers?.Reset();

            // Once for the chunk: that of a segment decodes its columns with every look.
            RecordBatch rows = columns.Project(chunk, (int)(offset - chunk.FirstOffset), (int)(chunkEnd - offset), buffers);
            yield return new RowSlice(rows, offset, chunkEnd, view.Position, view.EndOffset);
            offset = chunkEnd;
        }
    }

    /// <summary>How many of the rows make a slice.</summary>
    private static int Cut(RecordBatch chunk, int start, int count)
    {
        for (long bytes = ArraySize.Bytes(chunk.Slice(start, count)); bytes > 2 * SliceBytes && count > 1;
            bytes = ArraySize.Bytes(chunk.Slice(start, count)))
            count = (int)Math.Max(1, count * SliceBytes / bytes);
        return count;
    }
}
