using System.Runtime.InteropServices;

namespace Varve.Arrow.Builders;

/// <summary>Bytes of a builder's buffer, grown by doubling and given away by <see cref="Take"/>. Used by one thread.</summary>
internal sealed class BuilderBytes
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    /// <summary>Room for that many bytes more, all zero.</summary>
    /// <exception cref="InvalidOperationException">The buffer would pass 2 GiB.</exception>
    public Span<byte> Extend(int count)
    {
        long neededBytes = (long)Length + count;
        if (neededBytes > Array.MaxLength)
            throw new InvalidOperationException($"a column buffer of {neededBytes} bytes passes the limit of {Array.MaxLength}");
        if (neededBytes > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(neededBytes, 2L * _bytes.Length), Array.MaxLength));
        Span<byte> free = _bytes.AsSpan(Length, count);
        Length += count;
        return free;
    }

    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));

    public void Append<T>(T value)
        where T : unmanaged => MemoryMarshal.Write(Extend(System.Runtime.CompilerServices.Unsafe.SizeOf<T>()), in value);

    public ReadOnlyMemory<byte> Take()
    {
        ReadOnlyMemory<byte> taken = _bytes.AsMemory(0, Length);
        _bytes = [];
        Length = 0;
        return taken;
    }
}
