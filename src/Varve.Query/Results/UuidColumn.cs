using System.Buffers.Binary;

namespace Varve.Query.Results;

/// <summary>UUID as its 36 characters. DuckDB keeps it as a 128-bit number whose top bit is flipped, so that it sorts as unsigned.</summary>
internal sealed unsafe class UuidColumn : RenderedColumn
{
    private readonly byte[] _text = new byte[36];

    protected override ReadOnlySpan<byte> Render(void* values, int row)
    {
        UInt128 number = ((UInt128*)values)[row] ^ (UInt128.One << 127);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        new Guid(bytes, bigEndian: true).TryFormat(_text, out _);
        return _text;
    }
}
