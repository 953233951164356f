namespace Varve.Query.Results;

/// <summary>A growing buffer of bytes that is handed over whole. Not thread-safe.</summary>
internal sealed class ByteBuffer
{
    private byte[] _bytes = [];
    private int _expectedBytes = 256;

    public int Length { get; private set; }

    /// <summary>Makes room for <paramref name="count"/> more bytes and returns them; their content is undefined.</summary>
    /// <exception cref="QueryException">The buffer would pass 2 GiB.</exception>
    public Span<byte> Extend(long count)
    {
        Reserve(count);
        Span<byte> room = _bytes.AsSpan(Length, (int)count);
        Length += (int)count;
        return room;
    }

    /// <summary>Everything so far.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Hands the bytes over and starts anew, with room for about as many: one batch is much like the next.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        ReadOnlyMemory<byte> taken = _bytes.AsMemory(0, Length);
        _expectedBytes = Length + (Length / 8);
        _bytes = [];
        Length = 0;
        return taken;
    }

    private void Reserve(long count)
    {
        long needed = Length + count;
        if (needed <= _bytes.Length)
            return;
        if (needed > Array.MaxLength)
            throw new QueryException(QueryErrorCode.Unsupported, "values of one row of the result take more than 2 GiB");
        long size = Math.Min(Math.Max(needed, Math.Max(_expectedBytes, 2L * _bytes.Length)), Array.MaxLength);
        byte[] grown = GC.AllocateUninitializedArray<byte>((int)size);
        Written.CopyTo(grown);
        _bytes = grown;
    }
}
