using System.Numerics;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Format;

namespace Varve.Storage.Segments.Pages;

/// <summary>
/// Takes a page's payload apart and lends the memory that its values go to. Asks for no more memory than the footer says that the page takes, so
/// that a damaged page cannot make it allocate. One thread.
/// </summary>
internal ref struct PageReader
{
    /// <summary>An array's offsets have 32 bits.</summary>
    public const int RawBytesMax = 1 << 30;

    /// <summary>Behind all memory lent, so that who reads or writes whole words need not look at the end.</summary>
    private const int PaddingBytes = 64;

    private readonly BlockBuffers? _buffers;
    private ReadOnlySpan<byte> _rest;
    private long _budget;

    /// <param name="payload">The page, opened.</param>
    /// <param name="rawBytes">What its values take as a plain array.</param>
    /// <param name="buffers">Lends the memory; null: memory of its own.</param>
    public PageReader(ReadOnlySpan<byte> payload, long rawBytes, BlockBuffers? buffers)
    {
        _rest = payload;
        _budget = rawBytes;
        _buffers = buffers;
    }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Takes memory out of the budget without lending it.</summary>
    public void Charge(long bytes)
    {
        if (bytes < 0 || bytes > _budget)
            throw new PageFormatException($"its values take at least {bytes - _budget} bytes more than the footer says");
        _budget -= bytes;
    }

    /// <summary>Memory for values, of exactly that many bytes. Its contents are arbitrary.</summary>
    public Memory<byte> Lend(long bytes)
    {
        Charge(bytes);
        return Rent((int)bytes).AsMemory(0, (int)bytes);
    }

    /// <summary>Memory for bits: whole 64-bit words.</summary>
    public Memory<byte> LendBits(int bits)
    {
        Charge(((long)bits + 7) / 8);
        int bytes = (int)(((long)bits + 63) / 64 * 8);
        return Rent(bytes).AsMemory(0, bytes);
    }

    public byte Byte()
    {
        if (_rest.IsEmpty)
            throw new PageFormatException("it ends early");
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public void Integers<T>(Span<T> target)
        where T : unmanaged, IBinaryInteger<T> => _rest = _rest[IntegerVector.Decode(_rest, target)..];

    public void Reals<T>(Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => _rest = _rest[RealVector.Decode(_rest, target)..];

    /// <summary>Bits to whole words; those behind the last bit become zero.</summary>
    public void Bits(Span<byte> words, int count)
    {
        words.Slice(count / 8 & ~7).Clear();
        _rest = _rest[BitVector.Decode(_rest, words, count)..];
    }

    /// <summary>How many bytes <see cref="Text"/> will take, as the page says.</summary>
    public readonly int TextBytes() => VectorHeader.Read(_rest).Count;

    public void Text(Span<byte> target) => _rest = _rest[BytesVector.Decode(_rest, target)..];

    private readonly byte[] Rent(int bytes) =>
        _buffers?.Rent(bytes + PaddingBytes) ?? GC.AllocateUninitializedArray<byte>(bytes + PaddingBytes);
}
