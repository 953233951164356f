using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Arrow.Builders;

/// <summary>
/// A fixed run of bytes at an address divisible by 64 that never moves. Contents start undefined.
/// </summary>
/// <remarks>
/// The bytes lie in a pinned array of the garbage collector and not in native memory: a span over native memory does not keep its owner
/// alive, so a finalizer could free the bytes under a reader that holds nothing but a span. A span over an array keeps the array.
/// </remarks>
internal sealed class AlignedMemory
{
    public const int Alignment = 64;

    /// <summary>The most bytes one buffer can hold: the longest array, less the alignment.</summary>
    public const int CapacityBytesMax = (0x7FFFFFC7 - Alignment) / Alignment * Alignment;

    private readonly byte[] _array;
    private readonly int _start;

    /// <param name="capacityBytes">A multiple of 64, at most <see cref="CapacityBytesMax"/>.</param>
    /// <exception cref="OutOfMemoryException">The collector has no room.</exception>
    public AlignedMemory(int capacityBytes)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Varve's arrays are little-endian, this machine is not");
        _array = GC.AllocateUninitializedArray<byte>(capacityBytes + Alignment, pinned: true);
        CapacityBytes = capacityBytes;
        unsafe
        {
            // Pinned at allocation, so the address holds for the array's life.
            nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
            _start = (int)((Alignment - (address % Alignment)) % Alignment);
        }
    }

    public int CapacityBytes { get; }

    public Span<byte> Span => _array.AsSpan(_start, CapacityBytes);

    /// <summary>The first <paramref name="lengthBytes"/> bytes.</summary>
    public ReadOnlyMemory<byte> First(int lengthBytes) => new(_array, _start, lengthBytes);
}
