namespace Varve.Storage.Log;

/// <summary>Which page holds a position: the first position of every page, in order. Any thread reads, one adds.</summary>
internal sealed class PageIndex
{
    private readonly List<(long Page, LogPosition First)> _pages = [];
    private long _last = -1;

    /// <summary>Notes where an entry stands; entries come in order.</summary>
    public void Add(long page, LogPosition position)
    {
        if (page == _last)
            return;
        _last = page;
        lock (_pages)
            _pages.Add((page, position));
    }

    /// <summary>Forgets the pages before one.</summary>
    public void RemoveBefore(long page)
    {
        lock (_pages)
            _pages.RemoveRange(0, _pages.FindIndex(p => p.Page >= page));
    }

    /// <summary>
    /// The page that holds the position, if any does, and the page's first position; the first page where the position stands before it.
    /// </summary>
    public (long Page, LogPosition First) Find(LogPosition position)
    {
        lock (_pages)
        {
            int low = 0;
            int high = _pages.Count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                if (_pages[middle].First <= position)
                    low = middle;
                else
                    high = middle - 1;
            }

            return _pages[low];
        }
    }
}
