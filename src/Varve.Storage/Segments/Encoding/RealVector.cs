using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Codecs;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Floats or doubles as a vector, bit for bit: negative zeros, infinities and the payloads of NaNs come back. Any thread.</summary>
internal static class RealVector
{
    /// <summary>Appends the values in the encoding that suits them.</summary>
    public static void Encode<T>(ReadOnlySpan<T> values, VectorWriter writer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double))
            RealEncoder.Encode(MemoryMarshal.Cast<T, double>(values), writer, mayPart: true);
        else if (typeof(T) == typeof(float))
            RealEncoder.Encode(MemoryMarshal.Cast<T, float>(values), writer, mayPart: true);
        else
            throw new NotSupportedException($"vectors of {typeof(T).Name}");
    }

    /// <summary>
    /// Decodes a vector of exactly as many values as the target takes, from the source's begin, and returns the bytes it took there.
    /// </summary>
    /// <exception cref="VectorFormatException">The source does not begin with such a vector.</exception>
    public static int Decode<T>(ReadOnlySpan<byte> source, Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Unsafe.SizeOf<T>() == sizeof(double)
            ? DecodeBits(source, MemoryMarshal.Cast<T, ulong>(target), 0)
            : DecodeBits(source, MemoryMarshal.Cast<T, uint>(target), 0);

    /// <summary>The same for the values' bits, inside of another vector or not.</summary>
    internal static int DecodeBits<T>(ReadOnlySpan<byte> source, Span<T> bits, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        VectorDecoder.CheckDepth(depth);
        var header = VectorHeader.Read(source, Unsafe.SizeOf<T>(), bits.Length);
        ReadOnlySpan<byte> body = header.Body(source);
        switch (header.Encoding)
        {
            case VectorEncoding.Decimal:
                DecimalCodec.Decode(header, body, bits, depth + 1);
                break;
            case VectorEncoding.Apart:
                ApartCodec.Decode(body, bits, depth + 1);
                break;
            default:
                VectorDecoder.Decode(header, body, bits, depth);
                break;
        }

        return header.VectorBytes;
    }
}
