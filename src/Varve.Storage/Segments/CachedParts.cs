namespace Varve.Storage.Segments;

/// <summary>
/// What one file keeps in the cache: made when it is not there, by one thread, and never twice while somebody still holds it. Any thread.
/// </summary>
internal sealed class CachedParts(SegmentCache cache, SegmentFile file)
{
    private readonly Lock _making = new();
    private readonly Dictionary<long, WeakReference<object>> _made = [];

    public T Get<T>(long slot, Func<T> make, Func<T, long> bytesOf)
        where T : class
    {
        if (cache.Find(file, slot) is T cached)
            return cached;
        lock (_making)
        {
            if (cache.Find(file, slot) is T found)
                return found;
            T part = _made.TryGetValue(slot, out WeakReference<object>? weak) && weak.TryGetTarget(out object? alive) ? (T)alive : make();
            _made[slot] = new WeakReference<object>(part);
            cache.Put(file, slot, part, bytesOf(part));
            return part;
        }
    }
}
