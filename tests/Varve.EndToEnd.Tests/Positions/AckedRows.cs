namespace Varve.EndToEnd.Tests.Positions;

/// <summary>What was acknowledged: where streams ended at which positions. Any thread.</summary>
internal sealed class AckedRows
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<long, long>> _ends = [];
    private readonly List<long> _positions = [];

    /// <summary>The highest position that was acknowledged; 0 before the first.</summary>
    public long Newest { get; private set; }

    public void Add(string stream, long position, long endOffset)
    {
        lock (_lock)
        {
            if (!_ends.TryGetValue(stream, out SortedDictionary<long, long>? ends))
                _ends.Add(stream, ends = []);
            ends[position] = Math.Max(endOffset, ends.GetValueOrDefault(position));
            _positions.Add(position);
            Newest = Math.Max(Newest, position);
        }
    }

    /// <summary>A position that was acknowledged, more often a late one.</summary>
    public long Any(Random random)
    {
        lock (_lock)
            return _positions[Math.Max(random.Next(_positions.Count), random.Next(_positions.Count))];
    }

    /// <summary>The end of what was acknowledged of a stream at or before a position.</summary>
    public long EndAt(string stream, long position)
    {
        lock (_lock)
            return _ends.TryGetValue(stream, out SortedDictionary<long, long>? ends) ? ends.Where(e => e.Key <= position).Select(e => e.Value).DefaultIfEmpty().Max() : 0;
    }
}
