using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Query.Native;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>One thread's part of a scan: fills DuckDB's chunks from the view chunks it was given. For one thread.</summary>
internal sealed class ScanWorker(ScanExecution execution) : IDisposable
{
    /// <summary>What the lists of one chunk may take, unless a single row takes more.</summary>
    private const long ListBytesMax = 16 << 20;

    private readonly ScanPins _pins = new();
    private ViewChunk? _chunk;
    private int _position;

    /// <summary>Fills up to 2048 rows and returns how many; 0 when nothing is left for this thread.</summary>
    /// <exception cref="QueryException">The statement was stopped, or a value does not fit its SQL type.</exception>
    public int Fill(nint target)
    {
        if (execution.Binding.Scope.IsStopped)
            throw new QueryException(QueryErrorCode.Cancelled, "the statement was stopped");
        if (_chunk is null || _position == _chunk.RowCount)
        {
            _chunk = execution.Take();
            _position = 0;
            _pins.NextChunk();
            if (_chunk is null)
                return 0;
        }

        ScanColumn[] columns = execution.Projection;
        int count = Fit(columns, _chunk, Math.Min(DuckDbLibrary.VectorRows, _chunk.RowCount - _position));
        for (int i = 0; i < columns.Length; i++)
            Fill(columns[i], _chunk, DuckDbApi.duckdb_data_chunk_get_vector(target, (ulong)i), count);
        _position += count;
        return count;
    }

    public void Dispose() => execution.Retire(_pins);

    /// <summary>Fewer rows where their lists would make vectors large: those are counted to no memory limit.</summary>
    private int Fit(ScanColumn[] columns, ViewChunk chunk, int count)
    {
        while (count > 1)
        {
            long bytes = 0;
            foreach (ScanColumn column in columns)
            {
                if (column.Kind == ScanColumnKind.Stored)
                    bytes += column.Loader.ListBytes(chunk.Columns[column.Field], _position, count);
            }

            if (bytes <= ListBytesMax)
                break;
            count /= 2;
        }

        return count;
    }

    private unsafe void Fill(ScanColumn column, ViewChunk chunk, nint vector, int count)
    {
        switch (column.Kind)
        {
            case ScanColumnKind.Any:
                new Span<byte>(DuckDbApi.duckdb_vector_get_data(vector), count).Clear();
                break;
            case ScanColumnKind.Offset:
                Count(chunk.FirstOffset + _position, new Span<long>(DuckDbApi.duckdb_vector_get_data(vector), count));
                break;
            case ScanColumnKind.Time:
                column.Loader.Load(chunk.Time, _position, count, vector, null, _pins);
                break;
            default:
                LoadStored(column, chunk, vector, count);
                break;
        }
    }

    private unsafe void LoadStored(ScanColumn column, ViewChunk chunk, nint vector, int count)
    {
        try
        {
            column.Loader.Load(chunk.Columns[column.Field], _position, count, vector, null, _pins);
        }
        catch (QueryException e)
        {
            long first = chunk.FirstOffset + _position;
            throw new QueryException(
                e.Code,
                $"stream '{execution.Binding.View.Stream.Name}', column '{column.Name}', offsets {first} to {first + count - 1}: {e.Message}",
                e);
        }
    }

    private static void Count(long first, Span<long> target)
    {
        Span<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(target);
        for (int i = 0; i < vectors.Length; i++)
            vectors[i] = Vector<long>.Indices + new Vector<long>(first + ((long)i * Vector<long>.Count));
        for (int i = vectors.Length * Vector<long>.Count; i < target.Length; i++)
            target[i] = first + i;
    }
}
