namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// Rows of several blocks in an order, sorted out by block: for each block which of its rows, and where these go. Made once for all columns.
/// Immutable; any thread.
/// </summary>
internal sealed class RowPick
{
    private readonly int[] _starts;
    private readonly int[] _rows;
    private readonly int[] _targets;

    /// <param name="starts">The blocks.</param>
    /// <param name="rows">Row numbers over all blocks, in the order wanted.</param>
    public RowPick(BlockStarts starts, ReadOnlySpan<int> rows)
    {
        _starts = new int[starts.BlockCount + 1];
        foreach (int row in rows)
            _starts[starts.BlockOf(row) + 1]++;
        for (int block = 0; block < starts.BlockCount; block++)
            _starts[block + 1] += _starts[block];
        int[] next = _starts.AsSpan(0, starts.BlockCount).ToArray();
        _rows = new int[rows.Length];
        _targets = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int block = starts.BlockOf(rows[i]);
            int place = next[block]++;
            _rows[place] = rows[i] - starts.FirstRowOf(block);
            _targets[place] = i;
        }
    }

    public int RowCount => _rows.Length;

    public int BlockCount => _starts.Length - 1;

    /// <summary>Which rows of a block.</summary>
    public ReadOnlySpan<int> RowsOf(int block) => _rows.AsSpan(_starts[block].._starts[block + 1]);

    /// <summary>Where they go, one for each of <see cref="RowsOf"/>.</summary>
    public ReadOnlySpan<int> TargetsOf(int block) => _targets.AsSpan(_starts[block].._starts[block + 1]);

    /// <summary>For each row in the order wanted, its place among the rows of all blocks, one block behind the other.</summary>
    public int[] Places()
    {
        int[] places = new int[_targets.Length];
        for (int place = 0; place < places.Length; place++)
            places[_targets[place]] = place;
        return places;
    }
}
