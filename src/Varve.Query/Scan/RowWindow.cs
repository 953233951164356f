namespace Varve.Query.Scan;

/// <summary>Rows of a block that are handed over together: a run of them, or chosen ones.</summary>
internal readonly ref struct RowWindow
{
    /// <summary>Rows [from, from + count).</summary>
    public RowWindow(int from, int count) => (From, Count) = (from, count);

    /// <param name="rows">Rising.</param>
    public RowWindow(ReadOnlySpan<int> rows)
    {
        Rows = rows;
        From = rows[0];
        Count = rows.Length;
    }

    /// <summary>The first row.</summary>
    public int From { get; }

    public int Count { get; }

    /// <summary>The chosen rows; empty for a run.</summary>
    public ReadOnlySpan<int> Rows { get; }

    public bool IsRun => Rows.IsEmpty;

    public int Last => IsRun ? From + Count - 1 : Rows[^1];

    /// <summary>The first ones of it.</summary>
    public RowWindow Shorten(int count) => IsRun ? new RowWindow(From, count) : new RowWindow(Rows[..count]);
}
