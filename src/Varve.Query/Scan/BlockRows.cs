using Varve.Arrow;
using Varve.Query.Scan.Filtering;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>
/// The block that a thread scans. A column is read and decoded when it is first looked at, into memory that serves the next block too. For one
/// thread.
/// </summary>
/// <param name="columns">The scan's columns.</param>
/// <param name="buffers">Lend the memory.</param>
/// <param name="counts">Of the statement.</param>
internal sealed class BlockRows(ScanColumn[] columns, BlockBuffers buffers, ScanCounts counts)
{
    private readonly ArrayData?[] _decoded = new ArrayData?[columns.Length];
    private readonly List<int> _touched = [];
    private readonly Stack<RowSet> _sets = [];
    private ScanBlock? _block;

    /// <summary>The arrays of the block before this are no longer valid.</summary>
    public ScanBlock Block
    {
        get => _block ?? throw new InvalidOperationException("no block was begun");
        set
        {
            _block = value;
            foreach (int index in _touched)
                _decoded[index] = null;
            _touched.Clear();
            buffers.Reset();
        }
    }

    public int RowCount => Block.RowCount;

    /// <summary>A stored column, or that of the offsets or times.</summary>
    public ArrayData Column(ScanColumn column)
    {
        if (_decoded[column.Index] is { } known)
            return known;
        ArrayData array = column.Kind switch
        {
            ScanColumnKind.Offset => Block.Offsets(buffers),
            ScanColumnKind.Time => Block.Times(buffers),
            _ => Block.Column(column.Field, buffers),
        };
        counts.ColumnDecoded();
        _decoded[column.Index] = array;
        _touched.Add(column.Index);
        return array;
    }

    /// <summary>A set with arbitrary contents; give it back with <see cref="ReturnSet"/>.</summary>
    public RowSet RentSet() => _sets.TryPop(out RowSet? set) ? set : new RowSet();

    public void ReturnSet(RowSet set) => _sets.Push(set);
}
