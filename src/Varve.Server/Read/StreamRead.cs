using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Storage;
using StreamDescription = Varve.Storage.StreamDescription;

namespace Varve.Server.Read;

/// <summary>
/// One read of a stream, for Read and for Flight alike: what is asked for is checked when it opens, and rows come in slices of a size that suits a
/// message. A reader that waits for new rows holds no view and no thread. For one reader at a time.
/// </summary>
internal sealed class StreamRead
{
    /// <summary>A slice has at most that many rows,</summary>
    private const int MaxSliceRows = 65_536;

    /// <summary>and is cut to about this size where it is larger than twice that: many clients take messages of 4 MiB at most.</summary>
    private const long SliceBytes = 1L << 20;

    private readonly StorageEngine _engine;
    private readonly ReadRange _range;
    private readonly ReadColumns _columns;
    private readonly int _maxRows;

    private StreamRead(StorageEngine engine, StreamDescription stream, ReadRange range, ReadColumns columns, uint maxBatchRows)
    {
        _engine = engine;
        _range = range;
        _columns = columns;
        _maxRows = maxBatchRows == 0 ? MaxSliceRows : (int)Math.Min(maxBatchRows, MaxSliceRows);
        Stream = stream;
    }

    /// <summary>The stream as it was when the read opened.</summary>
    public StreamDescription Stream { get; }

    /// <summary>Of all slices, also where columns are added to the stream meanwhile.</summary>
    public Schema Schema => _columns.Schema;

    public long StartOffset => _range.Start;

    /// <summary>How many rows come; null where the read follows without an end.</summary>
    public long? RowCount => EndOffset is { } end ? Math.Max(0, end - _range.Start) : null;

    /// <summary>A read that does not follow ends where the stream ended when it opened.</summary>
    private long? EndOffset => !_range.IsFollowing ? Math.Min(_range.End, Stream.EndOffset) : _range.End == ReadRange.Unbounded ? null : _range.End;

    /// <exception cref="Rpc.RpcException">The request asks for columns or rows that are not there, or contradicts itself.</exception>
    /// <exception cref="StorageException">There is no such stream.</exception>
    public static StreamRead Open(StorageEngine engine, ReadRequest request)
    {
        StreamDescription stream = engine.Describe(request.Stream);
        return new StreamRead(engine, stream, ReadRange.Of(request, stream), ReadColumns.Of(stream, request.Columns), request.MaxBatchRows);
    }

    /// <summary>The rows, in order. Ends with STREAM_NOT_FOUND when the stream is dropped meanwhile.</summary>
    public async IAsyncEnumerable<RowSlice> SlicesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long end = EndOffset ?? ReadRange.Unbounded;
        long offset = _range.Start;
        while (offset < end)
        {
            foreach (RowSlice slice in Slice(OpenView(offset), offset, end))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return slice;
                offset = slice.FirstOffset + slice.Rows.RowCount;
            }

            if (offset < end)
                await _engine.WaitForRowsAsync(Stream.Name, offset, cancellationToken);
        }
    }

    private StreamView OpenView(long offset)
    {
        StreamView view = _engine.OpenView(Stream.Name);
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

    private IEnumerable<RowSlice> Slice(StreamView view, long offset, long end)
    {
        end = Math.Min(end, view.EndOffset);
        if (offset >= end)
            yield break;
        for (int at = view.ChunkIndexOf(offset); offset < end; at++)
        {
            ViewChunk chunk = view.Chunks[at];
            long chunkEnd = Math.Min(end, chunk.FirstOffset + chunk.RowCount);

            // Once for the chunk: that of a segment decodes its columns with every look.
            RecordBatch rows = _columns.Project(chunk, (int)(offset - chunk.FirstOffset), (int)(chunkEnd - offset));
            for (int start = 0; start < rows.RowCount;)
            {
                RecordBatch slice = Cut(rows, start, Math.Min(_maxRows, rows.RowCount - start));
                yield return new RowSlice(slice, offset, view.Position, view.EndOffset);
                start += slice.RowCount;
                offset += slice.RowCount;
            }
        }
    }

    private static RecordBatch Cut(RecordBatch chunk, int start, int count)
    {
        RecordBatch rows = chunk.Slice(start, count);
        for (long bytes = ArraySize.Bytes(rows); bytes > 2 * SliceBytes && rows.RowCount > 1; bytes = ArraySize.Bytes(rows))
            rows = rows.Slice(0, (int)Math.Max(1, rows.RowCount * SliceBytes / bytes));
        return rows;
    }
}
