using System.Buffers.Binary;

namespace Varve.Storage.Segments.Encoding;

/// <summary>
/// The first bytes of every vector, little-endian:
/// <code>
/// offset bytes type field
///      0     1 u8   encoding (VectorEncoding)
///      1     1 u8   bytes of a value: 1, 2, 4, 8; 0 for bits
///      2     2 u16  parameter of the encoding, else 0
///      4     4 u32  values
///      8     4 u32  bytes behind the header
/// </code>
/// </summary>
internal readonly record struct VectorHeader(VectorEncoding Encoding, int ValueBytes, int Parameter, int Count, int BodyBytes)
{
    public const int Bytes = 12;

    public void Write(Span<byte> target)
    {
        target[0] = (byte)Encoding;
        target[1] = (byte)ValueBytes;
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], checked((ushort)Parameter));
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)Count);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)BodyBytes);
    }

    /// <summary>Reads the header of a vector that lies whole within the source.</summary>
    /// <exception cref="VectorFormatException">It does not.</exception>
    public static VectorHeader Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < Bytes)
            throw new VectorFormatException($"a vector's header takes {Bytes} bytes, {source.Length} are left");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        uint body = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        if (count > int.MaxValue)
            throw new VectorFormatException($"a vector says that it holds {count} values");
        if (body > source.Length - Bytes)
            throw new VectorFormatException($"a vector's body takes {body} bytes, {source.Length - Bytes} are left");
        return new VectorHeader((VectorEncoding)source[0], source[1], BinaryPrimitives.ReadUInt16LittleEndian(source[2..]), (int)count, (int)body);
    }

    /// <summary>Reads the header of a vector of that many values of that size.</summary>
    /// <exception cref="VectorFormatException">It is of another one, or does not lie whole within the source.</exception>
    public static VectorHeader Read(ReadOnlySpan<byte> source, int valueBytes, int count)
    {
        VectorHeader header = Read(source);
        if (header.ValueBytes != valueBytes)
            throw new VectorFormatException($"a vector holds values of {header.ValueBytes} bytes, {valueBytes} were expected");
        if (header.Count != count)
            throw new VectorFormatException($"a vector holds {header.Count} values, {count} were expected");
        return header;
    }

    public VectorFormatException Unknown() => new($"a vector of values of {ValueBytes} bytes has the unknown encoding {(int)Encoding}");
}
