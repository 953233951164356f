namespace Varve.EndToEnd.Tests.Restore;

/// <summary>
/// What something of a node was, one value after the other, each with the log positions between which it came. A change whose answer never came may
/// have been made at any position behind its begin, or not at all. One writer, any reader.
/// </summary>
internal sealed class Timeline<T>(T first)
{
    private readonly List<(T Value, long Earliest, long Latest)> _values = [(first, 0, 0)];

    /// <summary>The newest one, made or begun.</summary>
    public T Newest
    {
        get
        {
            lock (_values)
                return _values[^1].Value;
        }
    }

    /// <param name="value">What it is when the change was made.</param>
    /// <param name="visibleUpTo">Asks the node.</param>
    /// <param name="change">Makes it.</param>
    public async Task ChangeAsync(T value, Func<Task<long>> visibleUpTo, Func<Task> change)
    {
        long earliest = await visibleUpTo() + 1;
        int at;
        lock (_values)
        {
            at = _values.Count;
            _values.Add((value, earliest, long.MaxValue));
        }

        await change();
        long latest = await visibleUpTo();
        lock (_values)
            _values[at] = (value, earliest, latest);
    }

    /// <summary>One value, or, where a change was under way at the position, the one before it too.</summary>
    public IReadOnlyList<T> PossibleAt(long position)
    {
        lock (_values)
        {
            int made = _values.FindLastIndex(v => v.Latest <= position);
            return [.. _values.Skip(made).TakeWhile((v, i) => i == 0 || v.Earliest <= position).Select(v => v.Value)];
        }
    }
}
