namespace Varve.Storage;

/// <summary>
/// Memory into which one thread decodes the columns of one block after another. What was rented is lent until <see cref="Reset"/>; then the same
/// memory serves the next block. Not thread-safe; owned by a scanning thread.
/// </summary>
public sealed class BlockBuffers
{
    private readonly List<byte[]> _free = [];
    private readonly List<byte[]> _lent = [];

    /// <summary>Memory of at least that many bytes; its contents are arbitrary.</summary>
    public byte[] Rent(int bytes)
    {
        int best = -1;
        for (int i = 0; i < _free.Count; i++)
        {
            if (_free[i].Length >= bytes && (best < 0 || _free[i].Length < _free[best].Length))
                best = i;
        }

        byte[] taken = best >= 0 ? _free[best] : GC.AllocateUninitializedArray<byte>(Math.Max(4096, bytes), pinned: true);
        if (best >= 0)
            _free.RemoveAt(best);
        _lent.Add(taken);
        return taken;
    }

    /// <summary>Takes back all that was lent: arrays made of it must no longer be looked at.</summary>
    public void Reset()
    {
        _free.AddRange(_lent);
        _lent.Clear();
    }
}
