using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Pooled memory for some values while one vector is made or read; they hold whatever was there. Dispose it once.</summary>
internal readonly ref struct Scratch<T>
    where T : unmanaged
{
    private readonly byte[] _bytes;

    public Scratch(int count)
    {
        int bytes = checked(count * Unsafe.SizeOf<T>());
        _bytes = ArrayPool<byte>.Shared.Rent(bytes);
        Span = MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(0, bytes));
    }

    public Span<T> Span { get; }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
}
