namespace Varve.Storage.Segments.Ordering;

/// <summary>Where blocks begin in the rows of all of them, numbered through. Immutable; any thread.</summary>
internal sealed class BlockStarts
{
    private readonly int[] _starts;
    private readonly int _uniformRows;

    /// <param name="rowCounts">The rows of each block; together at most 2^31 - 1.</param>
    public BlockStarts(IReadOnlyList<int> rowCounts)
    {
        _starts = new int[rowCounts.Count + 1];
        bool isUniform = rowCounts.Count > 0;
        for (int i = 0; i < rowCounts.Count; i++)
        {
            _starts[i + 1] = checked(_starts[i] + rowCounts[i]);
            isUniform &= rowCounts[i] == rowCounts[0] || (i == rowCounts.Count - 1 && rowCounts[i] < rowCounts[0]);
        }

        _uniformRows = isUniform ? rowCounts[0] : 0;
    }

    public int BlockCount => _starts.Length - 1;

    public int RowCount => _starts[^1];

    public int FirstRowOf(int block) => _starts[block];

    public int RowCountOf(int block) => _starts[block + 1] - _starts[block];

    /// <param name="row">0 to <see cref="RowCount"/> - 1.</param>
    public int BlockOf(int row)
    {
        // Nearly always all blocks but the last have the same rows.
        if (_uniformRows > 0)
            return row / _uniformRows;
        int found = Array.BinarySearch(_starts, row);
        if (found < 0)
            return ~found - 1;

        // Of several that begin there all but the last are empty.
        while (_starts[found + 1] == row)
            found++;
        return found;
    }
}
