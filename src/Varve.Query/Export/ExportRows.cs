using System.Threading.Channels;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Export;

/// <summary>
/// Rows on their way into DuckDB: batches come in on one side, chunks go out on the other, in the same order. One writer, and one reader, which waits
/// for batches.
/// </summary>
internal sealed class ExportRows
{
    /// <summary>Batches that may wait: more would only take memory.</summary>
    private const int BatchesWaitingMax = 4;

    /// <summary>What the lists of one chunk may take, unless a single row takes more.</summary>
    private const long ListBytesMax = 16 << 20;

    private readonly Channel<RecordBatch> _batches = Channel.CreateBounded<RecordBatch>(BatchesWaitingMax);
    private RecordBatch? _current;
    private int _row;

    /// <param name="schema">Of every batch.</param>
    /// <exception cref="QueryException">SQL has no type for a column.</exception>
    public ExportRows(Schema schema)
    {
        var budget = new ArrayBudget();
        Columns = [.. schema.Fields.Select(f => (f.Name, Loader(f, budget)))];
    }

    public IReadOnlyList<(string Name, ColumnLoader Loader)> Columns { get; }

    public ChannelWriter<RecordBatch> Batches => _batches.Writer;

    /// <summary>Fills a chunk and returns how many rows it has now; 0 behind the last one.</summary>
    /// <exception cref="QueryException">A value has no equal in its SQL type.</exception>
    public int Fill(nint chunk)
    {
        while (_current is null || _row == _current.RowCount)
        {
            if (!_batches.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult() || !_batches.Reader.TryRead(out _current))
                return 0;
            _row = 0;
        }

        int count = Fit(Math.Min(DuckDbLibrary.VectorRows, _current.RowCount - _row));
        for (int i = 0; i < Columns.Count; i++)
            Load(i, count, DuckDbApi.duckdb_data_chunk_get_vector(chunk, (ulong)i));
        _row += count;
        return count;
    }

    private unsafe void Load(int column, int count, nint vector)
    {
        try
        {
            Columns[column].Loader.Load(_current!.Columns[column], _row, count, vector, null, null);
        }
        catch (QueryException e)
        {
            throw new QueryException(e.Code, $"column '{Columns[column].Name}': {e.Message}", e);
        }
    }

    private int Fit(int count)
    {
        while (count > 1 && ListBytes(count) > ListBytesMax)
            count /= 2;
        return count;
    }

    private long ListBytes(int count) =>
        Columns.Select((c, i) => c.Loader.HasLists ? c.Loader.ListBytes(_current!.Columns[i], _row, count) : 0).Sum();

    private static ColumnLoader Loader(Field field, ArrayBudget budget) =>
        ColumnLoaders.TryCreate(field.Type, budget, out string? problem)
        ?? throw new QueryException(QueryErrorCode.InvalidValue, $"column '{field.Name}' of type {field.Type.Name} cannot be written: {problem}");
}
