using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Bytes that grow at their end, in pooled memory, which goes back on dispose. For one thread at a time.</summary>
internal sealed class VectorWriter : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);

    public int Length { get; private set; }

    /// <summary>How many vectors have begun and not ended: those that the next one lies within.</summary>
    internal int Depth { get; private set; }

    /// <summary>Valid until more is written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>That many bytes at the end, to be written now; they hold whatever was there.</summary>
    public Span<byte> Append(int bytes)
    {
        int length = checked(Length + bytes);
        if (length > _bytes.Length)
            Grow(length);
        Span<byte> added = _bytes.AsSpan(Length, bytes);
        Length = length;
        return added;
    }

    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    public void AppendValue<T>(T value)
        where T : unmanaged => MemoryMarshal.Write(Append(Unsafe.SizeOf<T>()), value);

    /// <summary>Bytes that were written before, to be written once more.</summary>
    public Span<byte> At(int at, int bytes) => _bytes.AsSpan(0, Length).Slice(at, bytes);

    /// <summary>Drops what was written behind that length.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        Length = length;
    }

    /// <summary>Drops some bytes; what was written behind them moves up.</summary>
    public void Remove(int at, int bytes)
    {
        _bytes.AsSpan(at + bytes, Length - at - bytes).CopyTo(_bytes.AsSpan(at));
        Length -= bytes;
    }

    /// <summary>Begins anew in the same memory.</summary>
    public void Clear() => (Length, Depth) = (0, 0);

    /// <summary>Appends a vector's header, to be filled by <see cref="EndVector"/>, and returns its place.</summary>
    internal int BeginVector()
    {
        int at = Length;
        Depth++;
        Append(VectorHeader.BytesMax);
        return at;
    }

    /// <summary>Everything behind the place of the header is the vector's body.</summary>
    internal void EndVector(int at, VectorEncoding encoding, int valueBytes, int parameter, int count)
    {
        Depth--;
        var header = VectorHeader.Of(encoding, valueBytes, parameter, count, Length - at - VectorHeader.BytesMax);
        Remove(at, VectorHeader.BytesMax - header.Bytes);
        header.Write(_bytes.AsSpan(at));
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Grow(int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(length, 2L * _bytes.Length)));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
