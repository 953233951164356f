using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Storage.Records;
using Varve.Storage.Streams;
using Varve.Storage.Views;

namespace Varve.Storage.Tail;

/// <summary>
/// Up to 65,536 consecutive rows of a stream in memory, column by column. A column exists only once a row has it: until then its rows are null
/// without taking memory, so that wide streams with sparse rows, and columns added later, cost what they hold.
/// The sequencer appends; any thread may take views of as many rows as a published head says there are.
/// </summary>
/// <param name="firstOffset">The offset of its first row.</param>
/// <param name="firstPosition">The log entry in which its first row stands; all others stand there or behind.</param>
/// <param name="expectedBytes">How large its columns will become: <see cref="ValueBytes"/> of the chunk before it.</param>
internal sealed class TailChunk(long firstOffset, LogPosition firstPosition, long[] expectedBytes)
{
    public const int RowCountMax = 65_536;

    /// <summary>
    /// A chunk that holds this much takes no more rows, however few it has: growing columns are copied, and blocks of segments, which chunks become,
    /// are decoded whole by every thread that scans.
    /// </summary>
    public const long BytesMax = 16 << 20;

    /// <summary>
    /// All-null columns of a view share zeros; a view's chunks are made smaller where a wide type would need more of them than this.
    /// </summary>
    private const long NullBytesMax = 4 << 20;

    private readonly RowMarks _marks = new();
    private readonly TimeColumn _time = new();
    private readonly long[] _expectedBytes = expectedBytes;
    private ColumnAppender?[] _columns = [];
    private long _bytes;
    private bool _isClosed;

    public long FirstOffset { get; } = firstOffset;

    public LogPosition FirstPosition { get; } = firstPosition;

    /// <summary>Rows appended, those not published included. For the sequencer.</summary>
    public int RowCount { get; private set; }

    /// <summary>Memory that the columns take, used or not. For the sequencer.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Takes no more rows. For the sequencer.</summary>
    public bool IsFull => RowCount == RowCountMax || _bytes >= BytesMax || _isClosed;

    /// <summary>For the sequencer.</summary>
    public long EndOffset => FirstOffset + RowCount;

    /// <summary>Appends as many of the rows [start, ...) as belong here and returns how many; 0 asks for a new chunk. Where it throws, none is.</summary>
    public int Append(AppendRecord record, LogPosition position, int start, StreamSchema schema)
    {
        int count = Math.Min(RowCountMax - RowCount, record.Rows.RowCount - start);
        EnsureColumns(schema.Schema.Fields.Count);
        long growth = GrowthBytes(record, start, count, schema);
        if (count == 0 || (RowCount > 0 && (IsFull || _bytes + growth > BytesMax)))
            return 0;
        try
        {
            AppendColumns(record, start, count, schema);
            _time.Append(RowCount, count, record.TimeMicros);
            _marks.Note(RowCount, position);
        }
        catch
        {
            foreach (ColumnAppender? column in _columns)
                column?.Truncate(RowCount);
            throw;
        }
        finally
        {
            AllocatedBytes = _time.AllocatedBytes;
            foreach (ColumnAppender? column in _columns)
                AllocatedBytes += column?.AllocatedBytes ?? 0;
        }

        _bytes += growth;
        RowCount += count;
        return count;
    }

    /// <summary>The time of a row that a published head says is there. Any thread.</summary>
    public long TimeMicrosAt(long offset) => _time.Read((int)(offset - FirstOffset));

    /// <summary>A log entry at or, by a few rows, before that of a row: all rows from it on stand there or behind. For the sequencer.</summary>
    public LogPosition PositionBefore(long offset) => _marks.Before(offset - FirstOffset);

    /// <summary>No more rows come. For the sequencer.</summary>
    public void Close() => _isClosed = true;

    /// <summary>
    /// Rows [firstRow, rowCount) as the chunks of a view: one, or a few where an all-null column of a wide type would take too much memory.
    /// </summary>
    public ViewChunk[] View(Schema schema, int firstRow, int rowCount)
    {
        ColumnAppender?[] columns = Volatile.Read(ref _columns);
        var arrays = new ArrayData?[schema.Fields.Count];
        long nullBytes = 1;
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = (i < columns.Length ? Volatile.Read(ref columns[i]) : null)?.Snapshot(rowCount);
            if (arrays[i] is null)
                nullBytes = Math.Max(nullBytes, ArraySize.NullBytes(schema.Fields[i].Type));
        }

        ArrayData time = _time.Snapshot(rowCount);
        int viewed = rowCount - firstRow;
        int step = (int)Math.Min(viewed, NullBytesMax / nullBytes);
        if (step == rowCount)
        {
            ArrayData[] whole = [.. arrays.Select((a, i) => a ?? ColumnAppender.Nulls(schema.Fields[i].Type, rowCount))];
            return [new MemoryChunk(FirstOffset, rowCount, whole, time)];
        }

        var chunks = new ViewChunk[(viewed + step - 1) / step];
        for (int i = 0; i < chunks.Length; i++)
        {
            int start = firstRow + (i * step);
            int count = Math.Min(step, rowCount - start);
            chunks[i] = new MemoryChunk(FirstOffset + start, count, new ColumnSlices(schema, arrays, start, count), time.Slice(start, count));
        }

        return chunks;
    }

    /// <summary>What the rows weigh in this chunk, nulls that existing columns get and that new columns begin with included.</summary>
    private long GrowthBytes(AppendRecord record, int start, int count, StreamSchema schema)
    {
        long growth = (long)count * RowSize.TimeBytes;
        int next = 0;
        int[] present = record.Columns.Indexes;
        for (int i = 0; i < _columns.Length; i++)
        {
            if (next < present.Length && present[next] == i)
                growth += RowSize.Of(record.Rows.Columns[next++], start, count) + (_columns[i] is null ? RowCount * schema.NullBytes[i] : 0);
            else if (_columns[i] is not null)
                growth += count * schema.NullBytes[i];
        }

        return growth;
    }

    private void AppendColumns(AppendRecord record, int start, int count, StreamSchema schema)
    {
        int next = 0;
        int[] present = record.Columns.Indexes;
        for (int i = 0; i < _columns.Length; i++)
        {
            if (next < present.Length && present[next] == i)
                AppendColumn(i, schema.Schema.Fields[i].Type, record.Rows.Columns[next++], start, count);
            else
                _columns[i]?.AppendNulls(count);
        }
    }

    private void AppendColumn(int index, ArrowType type, ArrayData rows, int start, int count)
    {
        if (_columns[index] is not { } column)
        {
            column = ColumnAppender.Create(type, RowCountMax, index < _expectedBytes.Length ? _expectedBytes[index] : 0);
            column.AppendNulls(RowCount);

            // Whoever sees the column sees it with all rows that are published.
            Volatile.Write(ref _columns[index], column);
        }

        column.Append(rows, start, count);
    }

    /// <summary>What texts and bytes took in this chunk, and a little more; 0 for other columns.</summary>
    public long[] ValueBytes()
    {
        var bytes = new long[_columns.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (_columns[i]?.Snapshot(RowCount) is { Buffers.Length: > 2 } column)
                bytes[i] = column.Buffers[2].Length / 8L * 9;
        }

        return bytes;
    }

    private void EnsureColumns(int count)
    {
        if (_columns.Length == count)
            return;
        ColumnAppender?[] grown = new ColumnAppender?[count];
        _columns.CopyTo(grown, 0);
        Volatile.Write(ref _columns, grown);
    }
}
