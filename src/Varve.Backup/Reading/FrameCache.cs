namespace Varve.Backup.Reading;

/// <summary>The frames of objects that were used last, opened. Thread-safe.</summary>
/// <param name="frameCountMax">How many are kept.</param>
internal sealed class FrameCache(int frameCountMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, int Frame), LinkedListNode<((string Name, int Frame) Key, byte[] Content)>> _frames = [];
    private readonly LinkedList<((string Name, int Frame) Key, byte[] Content)> _byUse = [];

    public byte[]? Find(string name, int frame)
    {
        lock (_gate)
        {
            if (!_frames.TryGetValue((name, frame), out LinkedListNode<((string Name, int Frame) Key, byte[] Content)>? found))
                return null;
            _byUse.Remove(found);
            _byUse.AddFirst(found);
            return found.Value.Content;
        }
    }

    public void Add(string name, int frame, byte[] content)
    {
        lock (_gate)
        {
            if (_frames.ContainsKey((name, frame)))
                return;
            _frames.Add((name, frame), _byUse.AddFirst(((name, frame), content)));
            while (_frames.Count > frameCountMax)
            {
                _frames.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }
        }
    }
}
