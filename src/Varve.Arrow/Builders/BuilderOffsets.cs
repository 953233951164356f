namespace Varve.Arrow.Builders;

/// <summary>Offsets of a builder's rows, beginning with 0. Used by one thread.</summary>
internal sealed class BuilderOffsets(bool is64Bit)
{
    private readonly BuilderBytes _bytes = new();

    /// <summary>The end of the newest row.</summary>
    public int End { get; private set; }

    public void Append(int end)
    {
        if (_bytes.Length == 0)
            Write(0);
        Write(end);
        End = end;
    }

    public ReadOnlyMemory<byte> Take()
    {
        if (_bytes.Length == 0)
            Write(0);
        End = 0;
        return _bytes.Take();
    }

    private void Write(int offset)
    {
        if (is64Bit)
            _bytes.Append((long)offset);
        else
            _bytes.Append(offset);
    }
}
