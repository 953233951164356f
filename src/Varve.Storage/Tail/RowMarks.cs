namespace Varve.Storage.Tail;

/// <summary>The log entries in which rows of a chunk stand, known for one row in 256 or so. For the sequencer.</summary>
internal sealed class RowMarks
{
    /// <summary>How many rows may share the entry that is known for one of them.</summary>
    private const int RowCount = 256;

    private readonly List<(int Row, LogPosition Position)> _marks = [];

    /// <summary>Notes, now and then, where a row and those behind it stand. Rows rise.</summary>
    public void Note(int row, LogPosition position)
    {
        if (_marks.Count == 0 || row - _marks[^1].Row >= RowCount)
            _marks.Add((row, position));
    }

    /// <summary>An entry at or, by a few rows, before that of a row.</summary>
    public LogPosition Before(long row)
    {
        int at = _marks.Count - 1;
        while (at > 0 && _marks[at].Row > row)
            at--;
        return _marks[at].Position;
    }
}
