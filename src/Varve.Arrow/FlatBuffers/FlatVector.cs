using System.Buffers.Binary;

namespace Varve.Arrow.FlatBuffers;

/// <summary>The elements of a FlatBuffers vector: their count is known to fit the buffer, so it may size an array.</summary>
internal readonly ref struct FlatVector(ReadOnlySpan<byte> buffer, int start, int count, int elementBytes)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private readonly int _start = start;
    private readonly int _elementBytes = elementBytes;

    public int Count { get; } = count;

    public bool IsPresent => _start != 0;

    public ReadOnlySpan<byte> Bytes => _buffer.Slice(_start, Count * _elementBytes);

    /// <summary>Element <paramref name="index"/> of a vector of tables (4-byte elements).</summary>
    public FlatTable Table(int index) => FlatTable.At(_buffer, Element(index));

    /// <summary>The int32 at <paramref name="atByte"/> of element <paramref name="index"/>.</summary>
    public int Int32(int index, int atByte = 0) => BinaryPrimitives.ReadInt32LittleEndian(_buffer[(Element(index) + atByte)..]);

    /// <summary>The int64 at <paramref name="atByte"/> of element <paramref name="index"/>.</summary>
    public long Int64(int index, int atByte = 0) => BinaryPrimitives.ReadInt64LittleEndian(_buffer[(Element(index) + atByte)..]);

    private int Element(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _start + (index * _elementBytes);
    }
}
