using System.Collections;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Server.Errors;
using StreamDescription = Varve.Storage.StreamDescription;

namespace Varve.Server.Rows;

/// <summary>
/// Makes a batch of the typed columns of schema.proto. Columns that are left out stay out: whether they may is the engine's question. Every count is
/// checked against the values that are there, so that a request cannot claim more rows than it brings.
/// </summary>
internal static class ColumnBatchReader
{
    /// <summary>What a row takes besides its columns: its time.</summary>
    private const int RowBytes = 8;

    /// <param name="stream">Whose columns they are.</param>
    /// <param name="batch">As the client sent it.</param>
    /// <param name="bytesMax">
    /// Refuses rows that would take more memory than about this: a null of a wide type takes far more of it than of the message.
    /// </param>
    /// <exception cref="RpcException">The columns do not fit the stream, or the counts do not agree.</exception>
    public static RecordBatch Read(StreamDescription stream, ColumnBatch batch, long bytesMax)
    {
        if (batch.Columns.Count == 0 && batch.RowCount > 0)
            throw Invalid(stream, $"the request has {batch.RowCount} rows and no column");
        var fields = new Field[batch.Columns.Count];
        var columns = new ArrayData[fields.Length];
        HashSet<string> seen = new(StringComparer.Ordinal);
        long bytes = (long)batch.RowCount * RowBytes;
        for (int i = 0; i < fields.Length; i++)
        {
            ColumnValues column = batch.Columns[i];
            int place = stream.Schema.IndexOf(column.Name);
            if (place < 0)
                throw ErrorMapper.Create(ErrorCode.SchemaMismatch, Message(stream, $"it has no column '{column.Name}'"), stream.Name);
            if (!seen.Add(column.Name))
                throw Invalid(stream, $"column '{column.Name}' is given twice");
            fields[i] = stream.Schema.Fields[place];
            columns[i] = Read(stream, fields[i], column, batch.RowCount, bytesMax, ref bytes);
        }

        return new RecordBatch(new Schema(fields), (int)batch.RowCount, columns);
    }

    private static ArrayData Read(StreamDescription stream, Field field, ColumnValues column, uint rowCount, long bytesMax, ref long bytes)
    {
        int valueCount = ColumnBuild.CountOf(column);
        bool isAllNull = column.ValuesCase == ColumnValues.ValuesOneofCase.None && column.NullRows.Count == rowCount;
        if (valueCount != rowCount && !isAllNull)
            throw Invalid(stream, $"column '{field.Name}' has {valueCount} values and the batch {rowCount} rows: null rows have a value too");
        bytes += Math.Min(rowCount * ArraySize.NullBytes(field.Type), bytesMax + 1);
        if (bytes > bytesMax)
        {
            throw ErrorMapper.Create(ErrorCode.BatchTooLarge,
                Message(stream, $"the {rowCount} rows up to column '{field.Name}' would take more than {bytesMax} bytes; send fewer rows at a time"),
                stream.Name);
        }

        var nulls = new BitArray((int)rowCount);
        foreach (uint row in column.NullRows)
        {
            if (row >= rowCount)
                throw Invalid(stream, $"column '{field.Name}': null row {row} is beyond the batch's {rowCount} rows");
            nulls[(int)row] = true;
        }

        try
        {
            return ColumnBuild.Build(field, column, nulls, bytesMax)
                ?? throw ErrorMapper.Create(ErrorCode.SchemaMismatch,
                    Message(stream, $"column '{field.Name}': expected {field.Type.Name}, found {ColumnBuild.FormOf(column)}"), stream.Name);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or FormatException or ArrowFormatException { IsBeyondLimit: false })
        {
            string problem = Message(stream, $"column '{field.Name}' ({field.Type.Name}): {e.Message}");
            throw ErrorMapper.Create(ErrorCode.InvalidData, problem, stream.Name, inner: e);
        }
    }

    private static RpcException Invalid(StreamDescription stream, string problem) =>
        ErrorMapper.Create(ErrorCode.InvalidData, Message(stream, problem), stream.Name);

    private static string Message(StreamDescription stream, string problem) => $"cannot append to stream '{stream.Name}': {problem}";
}
