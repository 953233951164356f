namespace Varve.Storage.Segments;

/// <summary>
/// Footers and dictionaries of segment files, and in the room that they leave pages of blocks as they are once they were read and opened, together
/// up to so many bytes. Pages go before anything else, and what was used longest ago goes first. Shared by all files of a node, together with the
/// meter that they count on. Any thread.
/// </summary>
internal sealed class SegmentCache(long limitBytes, SegmentMeter meter)
{
    /// <summary>
    /// Where there is no room, one page in so many is kept in the place of an older one: of scans that read more than there is room for, over and
    /// over, a part stays, and they do not spend their time on keeping what they will not find again.
    /// </summary>
    private const int KeptWhenFull = 16;

    /// <summary>What an entry takes beside its value.</summary>
    private const int EntryBytes = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(SegmentFile File, long Slot), LinkedListNode<Item>> _items = [];
    private readonly LinkedList<Item> _byUse = [];
    private readonly LinkedList<Item> _pagesByUse = [];
    private long _usedBytes;
    private long _pageBytes;
    private uint _refusedCount;

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
            LinkedList<Item> byUse = node.List!;
            byUse.Remove(node);
            byUse.AddFirst(node);
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
                Drop((_pagesByUse.Last ?? _byUse.Last!).Value);
            _items.Add((file, slot), _byUse.AddFirst(new Item(file, slot, value, bytes)));
            _usedBytes += bytes;
        }
    }

    /// <summary>Whether a page that is not here should be kept once it is read; to be asked once for each.</summary>
    public bool Wants(int pageBytes)
    {
        lock (_lock)
            return HasRoom(pageBytes) || (CanMakeRoom(pageBytes) && ++_refusedCount % KeptWhenFull == 0);
    }

    /// <summary>Keeps an opened page of a block for a file, if nothing but pages has to go for it. Nobody may write to it any more.</summary>
    public void PutPage(SegmentFile file, long slot, byte[] page)
    {
        lock (_lock)
        {
            Drop(file, slot);
            if (!CanMakeRoom(page.Length))
                return;
            while (!HasRoom(page.Length))
                Drop(_pagesByUse.Last!.Value);
            Item item = new(file, slot, page, page.Length + EntryBytes);
            _items.Add((file, slot), _pagesByUse.AddFirst(item));
            _usedBytes += item.Bytes;
            _pageBytes += item.Bytes;
        }
    }

    /// <summary>Drops what is kept for a file that is no longer used.</summary>
    public void Forget(SegmentFile file)
    {
        lock (_lock)
        {
            Forget(file, _byUse);
            Forget(file, _pagesByUse);
        }
    }

    private void Forget(SegmentFile file, LinkedList<Item> byUse)
    {
        for (LinkedListNode<Item>? node = byUse.First; node is not null;)
        {
            Item item = node.Value;
            node = node.Next;
            if (ReferenceEquals(item.File, file))
                Drop(item);
        }
    }

    private bool HasRoom(int pageBytes) => _usedBytes + pageBytes + EntryBytes <= limitBytes;

    /// <summary>By dropping pages alone.</summary>
    private bool CanMakeRoom(int pageBytes) => _usedBytes - _pageBytes + pageBytes + EntryBytes <= limitBytes;

    private void Drop(Item item) => Drop(item.File, item.Slot);

    private void Drop(SegmentFile file, long slot)
    {
        if (!_items.Remove((file, slot), out LinkedListNode<Item>? node))
            return;
        if (node.List == _pagesByUse)
            _pageBytes -= node.Value.Bytes;
        node.List!.Remove(node);
        _usedBytes -= node.Value.Bytes;
    }

    private sealed record Item(SegmentFile File, long Slot, object Value, long Bytes);
}
