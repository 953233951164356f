using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Ipc;
using Varve.Arrow.Transform;
using Varve.Arrow.Validation;
using Varve.Storage.Keys;
using Varve.Storage.Records;
using Varve.Storage.Tail;

namespace Varve.Storage.Streams;

/// <summary>
/// Checks a batch against its stream and encodes it, on the caller's thread: columns by name, types, every value, size, memory. What comes out can
/// be written and applied without another look. Any number of threads.
/// </summary>
/// <param name="batchBytesMax">The limit on one append.</param>
/// <param name="recordBytesMax">The limit on one record, which a single row must stay below too.</param>
/// <param name="budget">The memory for rows, reserved between the two steps.</param>
/// <param name="keys">What records are sealed with.</param>
internal sealed class AppendPreparer(int batchBytesMax, int recordBytesMax, MemoryBudget budget, Keyring keys)
{
    /// <summary>Batches above this go into the log in parts: an entry does not cross a page of the log, and what is left of a page is lost.</summary>
    private readonly int _partBytesMax = Math.Min(1 << 20, recordBytesMax / 4 * 3);

    /// <summary>
    /// Writing dictionaries out takes the places of the values, 4 bytes for each, next to the values themselves, which may be as short as 1.
    /// </summary>
    private const int FlattenRoom = 4;

    /// <summary>Everything but the memory: what comes out may be encoded once that is reserved.</summary>
    /// <exception cref="StorageException">The batch does not fit, is damaged, or too large, or there is no memory to look at it.</exception>
    public CheckedAppend Check(StreamState stream, StreamSchema schema, RecordBatch batch)
    {
        try
        {
            (ColumnProjection columns, RecordBatch rows) = Match(stream.Name, schema, batch);
            long sizeBytes = RowSize.Of(rows, 0, rows.RowCount);
            return sizeBytes <= batchBytesMax ? new CheckedAppend(columns, rows, sizeBytes) : throw TooLarge(stream.Name,
                $"the batch of {rows.RowCount} rows takes {sizeBytes} bytes, at most {batchBytesMax} are possible; send fewer rows at a time");
        }
        catch (OutOfMemoryException e)
        {
            throw budget.NoRoom(stream.Name, e);
        }
    }

    /// <summary>Batches that are appended together are together no larger than one may be.</summary>
    public void CheckTogether(string stream, long sizeBytes)
    {
        if (sizeBytes > batchBytesMax)
        {
            throw TooLarge(
                stream, $"together with those for other streams the rows take {sizeBytes} bytes, at most {batchBytesMax} are possible at once");
        }
    }

    /// <summary>Encodes the rows, whose memory is reserved. Where that fails, it is given back.</summary>
    /// <exception cref="StorageException">A row is too large, the stream was dropped, or there is no memory to encode them.</exception>
    public PreparedAppend Encode(StreamState stream, CheckedAppend append)
    {
        List<AppendPart> parts = [];
        try
        {
            // Not before the size is known: any number of views may show the same bytes.
            RecordBatch rows = append.Columns.HasViews ? Compact(append.Rows) : append.Rows;
            Split(stream, append.Columns, rows, append.SizeBytes, parts);
            return new PreparedAppend(append.Columns, [.. parts], rows.RowCount, append.SizeBytes, append.ReservedBytes);
        }
        catch (Exception failure)
        {
            foreach (AppendPart part in parts)
                part.Encoded.Release();
            budget.Release(append.ReservedBytes);
            if (failure is OutOfMemoryException e)
                throw budget.NoRoom(stream.Name, e);
            throw;
        }
    }

    private (ColumnProjection Columns, RecordBatch Rows) Match(string stream, StreamSchema schema, RecordBatch batch)
    {
        ColumnMap map = schema.Match(stream, batch.Schema);
        try
        {
            if (map.HasDictionaries)
                batch = Flatten(stream, batch);
            Schema target = map.Projection.Schema;
            var columns = new ArrayData[target.Fields.Count];
            for (int i = 0; i < columns.Length; i++)
                columns[i] = Column(stream, target.Fields[i], batch.Columns[map.SourceOf(i)]);
            RecordBatch rows = new(target, batch.RowCount, columns);
            ArrayValidation.Validate(rows);
            return (map.Projection, rows);
        }
        catch (ArrowFormatException e) when (e.IsBeyondLimit)
        {
            throw TooLarge(stream, e.Message, e);
        }
        catch (ArrowFormatException e)
        {
            throw new StorageException(StorageErrorCode.InvalidData, $"cannot append to stream '{stream}': {e.Message}", e);
        }
    }

    /// <summary>Writes dictionaries out, unless a short code would stand for more than a batch may be.</summary>
    private RecordBatch Flatten(string stream, RecordBatch batch)
    {
        ArrayValidation.Validate(batch);
        long sizeBytes = RowSize.Of(batch, 0, batch.RowCount);
        if (sizeBytes > batchBytesMax)
        {
            throw TooLarge(
                stream,
                $"the batch of {batch.RowCount} rows takes {sizeBytes} bytes with its dictionaries written out, "
                + $"at most {batchBytesMax} are possible");
        }

        return DictionaryDecoder.Flatten(batch, FlattenRoom * (long)batchBytesMax);
    }

    private static ArrayData Column(string stream, Field expected, ArrayData found)
    {
        if (!TypeFit.Fits(expected.Type, found.Type))
            throw ColumnMap.Mismatch(stream, $"column '{expected.Name}': expected {expected.Type.Name}, found {found.Type.Name}");
        if (!expected.IsNullable && found.NullCount > 0)
            throw ColumnMap.Mismatch(
                stream, $"column '{expected.Name}': expected {expected.Type.Name} not null, found {found.NullCount} nulls in {found.Length} rows");
        return TypeFit.As(expected.Type, found);
    }

    /// <summary>
    /// Gathers what views refer to: their data buffers may hold far more than the rows do, and all of it would go into the log with every part.
    /// </summary>
    private static RecordBatch Compact(RecordBatch rows) => new(rows.Schema, rows.RowCount, [.. rows.Columns.Select(Compact)]);

    private static ArrayData Compact(ArrayData array)
    {
        if (!TypeRules.HasViews(array.Type))
            return array;
        ColumnAppender copy = ColumnAppender.Create(array.Type, array.Length);
        copy.Append(array);
        return copy.Snapshot(array.Length);
    }

    private void Split(StreamState stream, ColumnProjection columns, RecordBatch rows, long sizeBytes, List<AppendPart> parts)
    {
        if (sizeBytes <= _partBytesMax)
        {
            Encode(stream, columns, rows, 0, rows.RowCount, parts);
            return;
        }

        int count = 1;
        for (int start = 0; start < rows.RowCount; start += count)
        {
            count = RowsWithin(_partBytesMax, rows, start, count);
            if (count == 1 && RowSize.Of(rows, start, 1) is long rowBytes && rowBytes > recordBytesMax)
                throw RowTooLarge(stream.Name, start, rowBytes);
            Encode(stream, columns, rows, start, count, parts);
        }

        if (parts.Count > RecordFormat.PartCountMax)
            throw TooLarge(stream.Name,
                $"the batch would be written in {parts.Count} parts, at most {RecordFormat.PartCountMax} are possible; send fewer rows at a time");
    }

    /// <summary>
    /// As many rows as weigh no more than that, but at least one: doubling from a guess, then halving, so that no more is weighed than needed.
    /// </summary>
    private static int RowsWithin(long bytesMax, RecordBatch rows, int start, int guess)
    {
        int left = rows.RowCount - start;
        int low = 1;
        int high = Math.Min(guess, left);
        while (high < left && RowSize.Of(rows, start, high) <= bytesMax)
        {
            low = high;
            high = (int)Math.Min(2L * high, left);
        }

        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (RowSize.Of(rows, start, middle) <= bytesMax)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    /// <summary>Encodes rows as one part; halves them where names and padding make the record larger than an entry.</summary>
    private void Encode(StreamState stream, ColumnProjection columns, RecordBatch rows, int start, int count, List<AppendPart> parts)
    {
        RecordBatch part = rows.Slice(start, count);
        if (columns.HasViews && count < rows.RowCount)
            part = Compact(part);
        long sizeBytes = RowSize.Of(part, 0, count);
        BodyCompression compression = stream.Compression.Choose(sizeBytes);
        EncodedAppend encoded = AppendEncoder.Encode(stream.Id, columns, part, compression, keys.SealerOf(stream.Id));
        if (compression != BodyCompression.None)
            stream.Compression.Learn(sizeBytes, encoded.LengthBytes);
        if (encoded.LengthBytes <= recordBytesMax)
        {
            parts.Add(new AppendPart(part, encoded));
            return;
        }

        encoded.Release();
        if (count == 1)
            throw RowTooLarge(stream.Name, start, encoded.LengthBytes);
        Encode(stream, columns, rows, start, count / 2, parts);
        Encode(stream, columns, rows, start + (count / 2), count - (count / 2), parts);
    }

    private StorageException RowTooLarge(string stream, int row, long bytes) =>
        TooLarge(stream, $"row {row} of the batch takes {bytes} bytes, at most {recordBytesMax} are possible for a single row");

    private static StorageException TooLarge(string stream, string what, Exception? inner = null) =>
        new(StorageErrorCode.BatchTooLarge, $"cannot append to stream '{stream}': {what}", inner);
}
