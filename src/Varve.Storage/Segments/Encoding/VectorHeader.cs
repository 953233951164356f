using System.Buffers.Binary;

namespace Varve.Storage.Segments.Encoding;

/// <summary>
/// The first bytes of every vector, little-endian, in one of two forms. The long one:
/// <code>
/// offset bytes type field
///      0     1 u8   encoding (VectorEncoding)
///      1     1 u8   bytes of a value: 1, 2, 4, 8; 0 for bits
///      2     2 u16  parameter of the encoding, else 0
///      4     4 u32  values
///      8     4 u32  bytes behind the header
/// </code>
/// The short one, in which vectors are written whose body takes less than 4,096 bytes, because there the header is a good part of the whole:
/// <code>
///      0     1 u8   encoding + 128
///      1     1 u8   bytes of a value + 16 * bytes of the parameter
///      2   0-2      parameter, as few bytes as it takes
///          1-5      values, 7 bits a byte, the lowest first; 128 is added where more follow
///          1-2      bytes behind the header, in the same way
/// </code>
/// </summary>
/// <param name="Encoding">How the values are encoded.</param>
/// <param name="ValueBytes">Bytes of a value; 0 for bits.</param>
/// <param name="Parameter">Of the encoding.</param>
/// <param name="Count">Values.</param>
/// <param name="BodyBytes">Bytes behind the header.</param>
/// <param name="IsShort">Which form it has.</param>
internal readonly record struct VectorHeader(
    VectorEncoding Encoding, int ValueBytes, int Parameter, int Count, int BodyBytes, bool IsShort)
{
    /// <summary>No header takes more.</summary>
    public const int BytesMax = 12;

    private const int ShortBodyBytesMax = 4095;
    private const int ShortForm = 128;

    /// <summary>What the header itself takes.</summary>
    public int Bytes => IsShort ? 2 + ParameterBytes(Parameter) + NumberBytes((uint)Count) + NumberBytes((uint)BodyBytes) : BytesMax;

    /// <summary>Header and body.</summary>
    public int VectorBytes => Bytes + BodyBytes;

    /// <summary>The header with which such a vector is written.</summary>
    public static VectorHeader Of(VectorEncoding encoding, int valueBytes, int parameter, int count, int bodyBytes) =>
        new(encoding, valueBytes, parameter, count, bodyBytes, IsShort: bodyBytes <= ShortBodyBytesMax);

    /// <summary>What a vector takes of which only encoding and values are not known.</summary>
    public static long VectorBytesOf(int parameter, int count, long bodyBytes) =>
        bodyBytes > ShortBodyBytesMax ? BytesMax + bodyBytes : Of(default, 0, parameter, count, (int)bodyBytes).VectorBytes;

    /// <summary>Writes <see cref="Bytes"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        if (!IsShort)
        {
            target[0] = (byte)Encoding;
            target[1] = (byte)ValueBytes;
            BinaryPrimitives.WriteUInt16LittleEndian(target[2..], checked((ushort)Parameter));
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)Count);
            BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)BodyBytes);
            return;
        }

        int parameterBytes = ParameterBytes(Parameter);
        target[0] = (byte)((int)Encoding + ShortForm);
        target[1] = (byte)(ValueBytes + (16 * parameterBytes));
        for (int i = 0; i < parameterBytes; i++)
            target[2 + i] = (byte)(Parameter >> (8 * i));
        int at = 2 + parameterBytes;
        at += WriteNumber((uint)Count, target[at..]);
        WriteNumber((uint)BodyBytes, target[at..]);
    }

    /// <summary>Reads the header of a vector that lies whole within the source.</summary>
    /// <exception cref="VectorFormatException">It does not, or its header is not as it would be written.</exception>
    public static VectorHeader Read(ReadOnlySpan<byte> source)
    {
        BodyReader reader = new(source);
        int first = reader.TakeByte();
        bool isShort = first >= ShortForm;
        int second = reader.TakeByte();
        int parameterBytes = isShort ? second >> 4 : 2;
        int parameter = 0;
        for (int i = 0; i < parameterBytes; i++)
            parameter |= reader.TakeByte() << (8 * i);
        uint count = isShort ? TakeNumber(ref reader) : reader.Take<uint>();
        uint body = isShort ? TakeNumber(ref reader) : reader.Take<uint>();
        if (count > int.MaxValue || parameter > ushort.MaxValue)
            throw new VectorFormatException($"a vector says that it holds {count} values, with the parameter {parameter}");
        if (body > reader.LeftBytes)
            throw new VectorFormatException($"a vector's body takes {body} bytes, {reader.LeftBytes} are left");
        int valueBytes = isShort ? second & 15 : second;
        VectorHeader header = new((VectorEncoding)(first & ~ShortForm), valueBytes, parameter, (int)count, (int)body, isShort);
        return header.Bytes == source.Length - reader.LeftBytes
            ? header
            : throw new VectorFormatException($"a vector's header takes {source.Length - reader.LeftBytes} bytes, {header.Bytes} would do");
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

    /// <summary>The body, in a source that begins with the header.</summary>
    public ReadOnlySpan<byte> Body(ReadOnlySpan<byte> source) => source.Slice(Bytes, BodyBytes);

    public VectorFormatException Unknown() => new($"a vector of values of {ValueBytes} bytes has the unknown encoding {(int)Encoding}");

    private static int ParameterBytes(int parameter) => parameter == 0 ? 0 : parameter <= byte.MaxValue ? 1 : 2;

    private static int NumberBytes(uint number) => (38 - int.CreateChecked(uint.LeadingZeroCount(number | 1))) / 7;

    private static int WriteNumber(uint number, Span<byte> target)
    {
        int bytes = 0;
        for (; number >= 128; number >>= 7)
            target[bytes++] = (byte)(number | 128);
        target[bytes++] = (byte)number;
        return bytes;
    }

    private static uint TakeNumber(ref BodyReader reader)
    {
        ulong number = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = reader.TakeByte();
            number |= (ulong)(next & 127) << shift;
            if (next < 128)
                return number <= uint.MaxValue ? (uint)number : throw new VectorFormatException($"a vector's header has the number {number}");
        }

        throw new VectorFormatException("a vector's header has a number of more than five bytes");
    }
}
