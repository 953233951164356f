namespace Varve.Storage;

/// <summary>
/// Memory into which one thread decodes the columns of one block after another. What was rented is lent until <see cref="Reset"/>; then the same
/// memory serves the next block. Not thread-safe; owned by a scanning thread.
/// </summary>
public sealed class BlockBuffers
{
    /// <summary>Sizes are rounded up to this, so that blocks that differ a little take the same memory.</summary>
    private const int GranuleBytes = 4096;

    private readonly List<byte[]> _free = [];
    private readonly List<byte[]> _lent = [];

    /// <summary>All that it holds, lent or not.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Memory of at least that many bytes; its contents are arbitrary.</summary>
    public byte[] Rent(int bytes)
    {
        int best = -1;
        for (int i = 0; i < _free.Count; i++)
        {
            if (_free[i].Length >= bytes && (best < 0 || _free[i].Length < _free[best].Length))
                best = i;
        }

        byte[] taken = best >= 0 ? _free[best] : Allocate(bytes);
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

    private byte[] Allocate(int bytes)
    {
        // An eighth more, because the next block may need a little more.
        long rounded = (bytes + ((long)bytes >> 3) + GranuleBytes - 1) / GranuleBytes * GranuleBytes;
        byte[] made = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(rounded, GranuleBytes), Array.MaxLength), pinned: true);
        HeldBytes += made.Length;
        return made;
    }
}
