using Varve.Query.Scan.Filtering;

namespace Varve.Query.Scan;

/// <summary>
/// Goes through the rows of a block that are left after the filter. Where these are less than half of the rows between the first and the last, they
/// are handed over as chosen rows; where they are more, as runs with all rows in between, which DuckDB's filter drops. For one thread.
/// </summary>
internal sealed class BlockCursor(BlockRows rows, RowFilter filter)
{
    /// <summary>Choosing a row costs about as much as copying this many.</summary>
    private const int ChoiceCost = 2;

    private readonly RowSet _left = new();
    private int[] _chosen = [];
    private bool _isChosen;

    /// <summary>The next row of a run, or the next one of the chosen.</summary>
    private int _position;

    private int _end;

    /// <summary>Begins the block.</summary>
    public void Begin()
    {
        _isChosen = false;
        _position = 0;
        _end = rows.RowCount;
        if (filter.IsEmpty)
            return;
        _left.Fill(_end);
        filter.Narrow(rows, _left);
        int count = _left.Count;
        if (count == 0)
        {
            _position = _end;
            return;
        }

        _position = _left.First;
        _end = _left.Last + 1;
        if (count * ChoiceCost >= _end - _position)
            return;
        if (_chosen.Length < count)
            _chosen = new int[Math.Max(count, rows.RowCount / ChoiceCost)];
        _isChosen = true;
        _position = 0;
        _end = _left.CopyRows(_chosen);
    }

    /// <summary>The next rows, at most that many; false at the end of the block.</summary>
    public bool TryNext(int countMax, out RowWindow window)
    {
        if (!_isChosen && !filter.IsEmpty && _position < _end)
            _position = _left.NextAtOrAfter(_position);
        int count = Math.Min(countMax, _end - _position);
        window = count <= 0 ? default : _isChosen ? new RowWindow(_chosen.AsSpan(_position, count)) : new RowWindow(_position, count);
        return count > 0;
    }

    /// <summary>Goes on behind the first rows of the window.</summary>
    public void Advance(int count) => _position += count;
}
