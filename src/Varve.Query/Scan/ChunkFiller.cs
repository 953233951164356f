using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Scan.Dictionaries;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Scan;

/// <summary>Carries rows of a block into a chunk of DuckDB's. For one thread.</summary>
internal sealed class ChunkFiller(ScanExecution execution, BlockRows rows)
{
    /// <summary>What the lists of one chunk may take, unless a single row takes more.</summary>
    private const long ListBytesMax = 16 << 20;

    private readonly ScanColumn[] _columns = execution.Projection;
    private readonly ScanColumn[] _listColumns = [.. execution.Projection.Where(c => c.Kind == ScanColumnKind.Stored && c.Loader.HasLists)];

    private readonly DictionaryFiller _dictionaries = new(execution.Binding.Columns.Length, execution.Binding.Scope.ReusesDictionaries);

    /// <summary>Holds what is in memory anyway in place, until the scan ends.</summary>
    public ScanPins Pins { get; } = new();

    /// <summary>Fills the chunk and returns how many of the rows were taken: the first ones, one at least.</summary>
    /// <exception cref="QueryException">A value does not fit its SQL type.</exception>
    public int Fill(nint chunk, RowWindow window)
    {
        RowWindow fitting = Fit(window);
        for (int i = 0; i < _columns.Length; i++)
            Fill(_columns[i], fitting, DuckDbApi.duckdb_data_chunk_get_vector(chunk, (ulong)i));
        return fitting.Count;
    }

    /// <summary>Fewer rows where their lists would make vectors large: those are counted to no memory limit.</summary>
    private RowWindow Fit(RowWindow window)
    {
        while (_listColumns.Length > 0 && window.Count > 1)
        {
            long bytes = 0;
            foreach (ScanColumn column in _listColumns)
                bytes += ListBytes(column.Loader, rows.Column(column), window);
            if (bytes <= ListBytesMax)
                break;
            window = window.Shorten(window.Count / 2);
        }

        return window;
    }

    private static long ListBytes(ColumnLoader loader, ArrayData array, RowWindow window)
    {
        if (window.IsRun)
            return loader.ListBytes(array, window.From, window.Count);
        long bytes = 0;
        foreach (int row in window.Rows)
            bytes += loader.ListBytes(array, row, 1);
        return bytes;
    }

    private unsafe void Fill(ScanColumn column, RowWindow window, nint vector)
    {
        switch (column.Kind)
        {
            case ScanColumnKind.Any:
                new Span<byte>(DuckDbApi.duckdb_vector_get_data(vector), window.Count).Clear();
                break;
            case ScanColumnKind.Offset when rows.Block.FirstOffset is { } first:
                Count(first, window, new Span<long>(DuckDbApi.duckdb_vector_get_data(vector), window.Count));
                break;
            default:
                Load(column, window, vector);
                break;
        }
    }

    private void Load(ScanColumn column, RowWindow window, nint vector)
    {
        ArrayData array = rows.Column(column);
        ScanPins? pins = rows.Block.IsResident ? Pins : null;
        try
        {
            if (array.Type is DictionaryType)
                _dictionaries.Fill(column, array, window, vector);
            else if (window.IsRun)
                LoadRun(column.Loader, array, window, vector, pins);
            else
                column.Loader.Gather(array, window.Rows, vector, pins);
        }
        catch (QueryException e)
        {
            string offsets = $"offsets {OffsetOf(window.From)} to {OffsetOf(window.Last)}";
            throw new QueryException(
                e.Code, $"stream '{execution.Binding.Stream}', column '{column.Name}', {offsets}: {e.Message}", e);
        }
    }

    private static unsafe void LoadRun(ColumnLoader loader, ArrayData array, RowWindow window, nint vector, ScanPins? pins) =>
        loader.Load(array, window.From, window.Count, vector, null, pins);

    private long OffsetOf(int row) =>
        rows.Block.FirstOffset is { } first ? first + row : MemoryMarshal.Cast<byte, long>(rows.Block.Offsets(null).Buffers[1].Span)[row];

    private static void Count(long first, RowWindow window, Span<long> target)
    {
        if (!window.IsRun)
        {
            for (int i = 0; i < target.Length; i++)
                target[i] = first + window.Rows[i];
            return;
        }

        first += window.From;
        Span<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(target);
        for (int i = 0; i < vectors.Length; i++)
            vectors[i] = Vector<long>.Indices + new Vector<long>(first + ((long)i * Vector<long>.Count));
        for (int i = vectors.Length * Vector<long>.Count; i < target.Length; i++)
            target[i] = first + i;
    }
}
