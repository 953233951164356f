using Varve.Query.Following;
using Varve.Storage;

namespace Varve.Server.Read;

/// <summary>
/// The rows that a filter is asked about at a time: few where most of them match, more and more where none does, so that neither what matches fills
/// memory nor a long history costs a statement for every block. For one reader.
/// </summary>
internal sealed class FilterWindow(StreamFilter filter, ReadColumns columns)
{
    private const long RowCountMin = 65_536;
    private const long RowCountLimit = 1L << 24;

    /// <summary>Above this, the next look is at fewer rows; 8 bytes each are held.</summary>
    private const int MatchCountMax = 1 << 18;

    private long[] _matches = [];

    /// <summary>How many rows the next look may be at.</summary>
    public long RowCount { get; private set; } = RowCountMin;

    /// <summary>Finds what matches among the rows [from, to) of a view.</summary>
    public async Task LookAsync(StreamView view, long from, long to, CancellationToken cancelled)
    {
        _matches = from < to ? await filter.SelectAsync(view, from, to, cancelled) : [];
        bool isFull = to - from == RowCount;
        if (_matches.Length > MatchCountMax)
            RowCount = Math.Max(RowCountMin, RowCount / 4);
        else if (isFull && _matches.Length < MatchCountMax / 8)
            RowCount = Math.Min(RowCountLimit, RowCount * 4);
    }

    /// <summary>What was found, a chunk at a time.</summary>
    /// <param name="view">That which was looked at.</param>
    /// <param name="to">Where the look ended.</param>
    public IEnumerable<RowSlice> Rows(StreamView view, long to)
    {
        for (int at = 0; at < _matches.Length;)
        {
            ViewChunk chunk = view.Chunks[view.ChunkIndexOf(_matches[at])];
            int end = at + 1;
            while (end < _matches.Length && _matches[end] < chunk.FirstOffset + chunk.RowCount)
                end++;
            ReadOnlyMemory<long> offsets = _matches.AsMemory(at, end - at);
            int[] rows = [.. offsets.ToArray().Select(o => (int)(o - chunk.FirstOffset))];
            long next = end == _matches.Length ? to : _matches[end - 1] + 1;
            yield return new RowSlice(columns.Project(chunk, rows), _matches[at], next, view.Position, view.EndOffset) { Offsets = offsets };
            at = end;
        }
    }
}
