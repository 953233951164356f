using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Takes a vector's body apart from its begin to its end, and never more than there is.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly ReadOnlySpan<byte> Rest => _rest;

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

    /// <summary>Something read the beginning of <see cref="Rest"/> on its own.</summary>
    public void Skip(int bytes) => Take(bytes);

    /// <exception cref="VectorFormatException">Something is left.</exception>
    public readonly void End()
    {
        if (_rest.Length > 0)
            throw new VectorFormatException($"{_rest.Length} bytes are left behind a vector's body");
    }
}
