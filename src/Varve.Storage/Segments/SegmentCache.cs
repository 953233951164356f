namespace Varve.Storage.Segments;

/// <summary>
/// Footers and dictionaries of segment files, up to so many bytes; what was used longest ago goes first. Shared by all files of a node, together with
/// the meter that they count on. Any thread.
/// </summary>
internal sealed class SegmentCache(long limitBytes, SegmentMeter meter)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(SegmentFile File, long Slot), LinkedListNode<Item>> _items = [];
    private readonly LinkedList<Item> _byUse = [];
    private long _usedBytes;

    public SegmentMeter Meter { get; } = meter;

    public long LimitBytes => limitBytes;

    public long UsedBytes
    {
        get
        {
            lock (_lock)
                return _usedBytes;
        }
    }

    /// <summary>What a file put into one of its slots, or null.</summary>
    public object? Find(SegmentFile file, long slot)
    {
        lock (_lock)
        {
            if (!_items.TryGetValue((file, slot), out LinkedListNode<Item>? node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Value;
        }
    }

    /// <summary>Keeps something for a file. What alone is larger than the whole cache is not kept.</summary>
    public void Put(SegmentFile file, long slot, object value, long bytes)
    {
        lock (_lock)
        {
            Drop(file, slot);
            if (bytes > limitBytes)
                return;
            while (_usedBytes + bytes > limitBytes)
                Drop(_byUse.Last!.Value.File, _byUse.Last.Value.Slot);
            _items.Add((file, slot), _byUse.AddFirst(new Item(file, slot, value, bytes)));
            _usedBytes += bytes;
        }
    }

    /// <summary>Drops what is kept for a file that is no longer used.</summary>
    public void Forget(SegmentFile file)
    {
        lock (_lock)
        {
            for (LinkedListNode<Item>? node = _byUse.First; node is not null;)
            {
                Item item = node.Value;
                node = node.Next;
                if (ReferenceEquals(item.File, file))
                    Drop(file, item.Slot);
            }
        }
    }

    private void Drop(SegmentFile file, long slot)
    {
        if (!_items.Remove((file, slot), out LinkedListNode<Item>? node))
            return;
        _byUse.Remove(node);
        _usedBytes -= node.Value.Bytes;
    }

    private sealed record Item(SegmentFile File, long Slot, object Value, long Bytes);
}
