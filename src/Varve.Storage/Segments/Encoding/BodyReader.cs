using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Takes a vector's body apart from its begin to its end, and never more than there is.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly int LeftBytes => _rest.Length;

    public ReadOnlySpan<byte> Take(long bytes)
    {
        if ((ulong)bytes > (ulong)_rest.Length)
            throw new VectorFormatException($"a vector's body ends early: {bytes} bytes are needed, {_rest.Length} are left");
        ReadOnlySpan<byte> taken = _rest[..(int)bytes];
        _rest = _rest[(int)bytes..];
        return taken;
    }

    public byte TakeByte() => Take(1)[0];

    public T Take<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    /// <summary>A number of values that come next.</summary>
    public int TakeCount(int least, int greatest, string what)
    {
        uint count = Take<uint>();
        if (count < (uint)least || count > (uint)greatest)
            throw new VectorFormatException($"a vector has {count} {what}, {least} to {greatest} were expected");
        return (int)count;
    }

    /// <summary>A vector of exactly as many values as the target takes.</summary>
    public void TakeVector<T>(Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => _rest = _rest[VectorDecoder.Decode(_rest, target, depth)..];

    /// <summary>A vector of the bits of exactly as many reals as the target takes.</summary>
    public void TakeReals<T>(Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => _rest = _rest[RealVector.DecodeBits(_rest, target, depth)..];

    /// <summary>A vector of exactly that many bits.</summary>
    public void TakeBits(Span<byte> target, int bitCount) => _rest = _rest[BitVector.Decode(_rest, target, bitCount)..];

    /// <summary>A vector that is not looked at.</summary>
    public void SkipVector() => Take(VectorInspection.BytesOf(_rest));

    public ReadOnlySpan<byte> TakeAll() => Take(_rest.Length);

    /// <exception cref="VectorFormatException">Something is left.</exception>
    public readonly void End()
    {
        if (_rest.Length > 0)
            throw new VectorFormatException($"{_rest.Length} bytes are left behind a vector's body");
    }
}
