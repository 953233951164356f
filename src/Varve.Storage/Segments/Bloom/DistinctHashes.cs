using System.Numerics;

namespace Varve.Storage.Segments.Bloom;

/// <summary>A set of hashes, for the values of one block after another. One thread.</summary>
internal sealed class DistinctHashes
{
    private ulong[] _slots = [];
    private bool _hasZero;

    public int Count { get; private set; }

    public void Begin(int most)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * most));
        if (_slots.Length < size)
            _slots = new ulong[size];
        else
            Array.Clear(_slots);
        _hasZero = false;
        Count = 0;
    }

    public void Add(ulong hash)
    {
        if (hash == 0)
        {
            Count += _hasZero ? 0 : 1;
            _hasZero = true;
            return;
        }

        int mask = _slots.Length - 1;
        int at = (int)hash & mask;
        while (_slots[at] != 0 && _slots[at] != hash)
            at = (at + 1) & mask;
        if (_slots[at] == hash)
            return;
        _slots[at] = hash;
        Count++;
    }

    public void ForEach(Action<ulong> take)
    {
        if (_hasZero)
            take(0);
        foreach (ulong hash in _slots)
        {
            if (hash != 0)
                take(hash);
        }
    }
}
