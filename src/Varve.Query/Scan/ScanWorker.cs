using Varve.Query.Native;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>One thread's part of a scan: fills DuckDB's chunks from the blocks it was given. For one thread.</summary>
internal sealed class ScanWorker : IDisposable
{
    private readonly ScanExecution _execution;
    private readonly ScanCounts _counts;
    private readonly BlockBuffers _buffers;
    private readonly BlockRows _rows;
    private readonly BlockCursor _cursor;
    private readonly ChunkFiller _filler;

    /// <summary>Rows of the block that were not handed over so far; 0 before the first block.</summary>
    private int _withheld;

    public ScanWorker(ScanExecution execution)
    {
        _execution = execution;
        _counts = execution.Binding.Scope.Counts;
        _buffers = execution.Binding.Scope.Buffers.Rent();
        _rows = new BlockRows(execution.Binding.Columns, _buffers, _counts);
        _cursor = new BlockCursor(_rows, execution.Filter);
        _filler = new ChunkFiller(execution, _rows);
    }

    /// <summary>Fills up to 2048 rows and returns how many; 0 when nothing is left for this thread.</summary>
    /// <exception cref="QueryException">The statement was stopped, or a value does not fit its SQL type.</exception>
    /// <exception cref="StorageException">A segment is damaged.</exception>
    public int Fill(nint target)
    {
        do
        {
            if (_execution.Binding.Scope.IsStopped)
                throw new QueryException(QueryErrorCode.Cancelled, "the statement was stopped");
            if (_withheld > 0 && _cursor.TryNext(DuckDbLibrary.VectorRows, out RowWindow window))
                return HandOver(target, window);
        }
        while (TryBegin());
        return 0;
    }

    public void Dispose()
    {
        _execution.Binding.Scope.Buffers.Return(_buffers);
        _execution.Retire(_filler.Pins);
    }

    private int HandOver(nint target, RowWindow window)
    {
        int count = _filler.Fill(target, window);
        _cursor.Advance(count);
        _withheld -= count;
        _counts.RowsHandedOver(count);
        return count;
    }

    private bool TryBegin()
    {
        _counts.RowsDropped(_withheld);
        _withheld = 0;
        if (_execution.Take() is not { } block)
            return false;
        _rows.Block = block;
        _filler.Pins.NextBlock();
        _withheld = block.RowCount;
        _cursor.Begin();
        return true;
    }
}
