using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>
/// Joins the chunks of a result, 2048 rows and fewer, into record batches of about 1 MiB (0.5 to 2), because per-batch cost is what
/// wires and clients feel. The first chunk leaves at once, so that the first row comes early. Under the statement's threading rule.
/// </summary>
internal sealed class ResultBatches
{
    private const long TargetBytes = 1 << 20;

    /// <summary>A chunk whose long values take more is split over batches.</summary>
    private const long ChunkBytesMax = 2 * TargetBytes;

    private const int RowCountMax = 1 << 20;

    private readonly ResultColumn[] _columns;
    private int _rowCount;
    private bool _firstIsOut;

    public ResultBatches(DuckDbResult result)
    {
        _columns = new ResultColumn[result.ColumnCount];
        var fields = new Field[_columns.Length];
        for (int i = 0; i < _columns.Length; i++)
        {
            string name = result.ColumnName(i);
            using LogicalTypeHandle type = result.ColumnType(i);
            _columns[i] = ResultColumns.Create(name, type);
            fields[i] = new Field(name, _columns[i].Type);
        }

        Schema = new Schema(fields);
    }

    public Schema Schema { get; }

    private bool IsFull => !_firstIsOut || _rowCount >= RowCountMax || SizeBytes >= TargetBytes;

    private long SizeBytes
    {
        get
        {
            long total = 0;
            foreach (ResultColumn column in _columns)
                total += column.SizeBytes;
            return total;
        }
    }

    /// <summary>Adds a chunk; returns the batches that it completed, mostly none or one.</summary>
    public IEnumerable<RecordBatch> Append(DataChunkHandle chunk)
    {
        var vectors = new nint[_columns.Length];
        for (int i = 0; i < vectors.Length; i++)
            vectors[i] = DuckDbApi.duckdb_data_chunk_get_vector(chunk, (ulong)i);
        return Append(vectors, 0, (int)DuckDbApi.duckdb_data_chunk_get_size(chunk));
    }

    /// <summary>What is left at the end.</summary>
    public IEnumerable<RecordBatch> TakeRest() => _rowCount == 0 ? [] : [Take()];

    private IEnumerable<RecordBatch> Append(nint[] vectors, int from, int count)
    {
        if (count > 1 && Measure(vectors, from, count) > ChunkBytesMax)
        {
            int half = count / 2;
            foreach (RecordBatch batch in Append(vectors, from, half))
                yield return batch;
            foreach (RecordBatch batch in Append(vectors, from + half, count - half))
                yield return batch;
            yield break;
        }

        if (count == 0)
            yield break;
        for (int i = 0; i < vectors.Length; i++)
            _columns[i].Append(vectors[i], from, count);
        _rowCount += count;
        if (IsFull)
            yield return Take();
    }

    private long Measure(nint[] vectors, int from, int count)
    {
        long total = 0;
        for (int i = 0; i < vectors.Length; i++)
            total += _columns[i].MeasureBytes(vectors[i], from, count);
        return total;
    }

    private RecordBatch Take()
    {
        _firstIsOut = true;
        int rows = _rowCount;
        _rowCount = 0;
        return new RecordBatch(Schema, rows, [.. _columns.Select(c => c.Take())]);
    }
}
