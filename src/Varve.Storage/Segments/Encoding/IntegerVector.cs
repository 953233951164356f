using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Whole numbers of 1, 2, 4 or 8 bytes, signed or unsigned, as a vector. Any thread.</summary>
internal static class IntegerVector
{
    /// <summary>Appends the values in the encoding that suits them.</summary>
    public static void Encode<T>(ReadOnlySpan<T> values, VectorWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (!values.IsEmpty && !values.ContainsAnyExcept(values[0]))
            ConstantCodec.Encode(values[0], values.Length, writer);
        else if (Frames<T>.Of(values).EncodedBytes < VectorHeader.Bytes + (long)values.Length * Unsafe.SizeOf<T>())
            FrameCodec.Encode(values, writer);
        else
            RawCodec.Encode(values, writer);
    }

    /// <summary>Decodes a vector of exactly as many values as the target takes, from the source's begin, and returns the bytes it took there.</summary>
    /// <exception cref="VectorFormatException">The source does not begin with such a vector.</exception>
    public static int Decode<T>(ReadOnlySpan<byte> source, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Signs do not matter: differences are added modulo 2^n.
        switch (Unsafe.SizeOf<T>())
        {
            case 1:
                return DecodeUnsigned(source, MemoryMarshal.Cast<T, byte>(target));
            case 2:
                return DecodeUnsigned(source, MemoryMarshal.Cast<T, ushort>(target));
            case 4:
                return DecodeUnsigned(source, MemoryMarshal.Cast<T, uint>(target));
            case 8:
                return DecodeUnsigned(source, MemoryMarshal.Cast<T, ulong>(target));
            default:
                throw new NotSupportedException($"vectors of {typeof(T).Name}");
        }
    }

    private static int DecodeUnsigned<T>(ReadOnlySpan<byte> source, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        VectorHeader header = VectorHeader.Read(source, Unsafe.SizeOf<T>(), target.Length);
        ReadOnlySpan<byte> body = source.Slice(VectorHeader.Bytes, header.BodyBytes);
        switch (header.Encoding)
        {
            case VectorEncoding.Raw:
                RawCodec.Decode(body, target);
                break;
            case VectorEncoding.Constant:
                ConstantCodec.Decode(body, target);
                break;
            case VectorEncoding.Frame:
                FrameCodec.Decode(header, body, target);
                break;
            default:
                throw header.Unknown();
        }

        return VectorHeader.Bytes + header.BodyBytes;
    }
}
