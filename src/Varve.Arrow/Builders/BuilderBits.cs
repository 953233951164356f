namespace Varve.Arrow.Builders;

/// <summary>Bits of a builder's buffer. Used by one thread.</summary>
internal sealed class BuilderBits
{
    private readonly BuilderBytes _bytes = new();
    private byte _last;
    private int _count;

    public void Append(bool bit)
    {
        _last |= (byte)(bit ? 1 << (_count & 7) : 0);
        _count++;
        if ((_count & 7) == 0)
            Flush();
    }

    public ReadOnlyMemory<byte> Take()
    {
        if ((_count & 7) != 0)
            Flush();
        _count = 0;
        return _bytes.Take();
    }

    private void Flush()
    {
        _bytes.Append(_last);
        _last = 0;
    }
}
