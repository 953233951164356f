using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Choice;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Whole numbers of 1, 2, 4 or 8 bytes, signed or unsigned, as a vector. Any thread.</summary>
internal static class IntegerVector
{
    /// <summary>Appends the values in the encoding that suits them.</summary>
    public static void Encode<T>(ReadOnlySpan<T> values, VectorWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => IntegerEncoder.Encode(values, writer, Allowed.All);

    /// <summary>
    /// Decodes a vector of exactly as many values as the target takes, from the source's begin, and returns the bytes it took there.
    /// </summary>
    /// <exception cref="VectorFormatException">The source does not begin with such a vector.</exception>
    public static int Decode<T>(ReadOnlySpan<byte> source, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Signs do not matter: differences are added modulo 2^n.
        switch (Unsafe.SizeOf<T>())
        {
            case 1:
                return VectorDecoder.Decode(source, MemoryMarshal.Cast<T, byte>(target), 0);
            case 2:
                return VectorDecoder.Decode(source, MemoryMarshal.Cast<T, ushort>(target), 0);
            case 4:
                return VectorDecoder.Decode(source, MemoryMarshal.Cast<T, uint>(target), 0);
            case 8:
                return VectorDecoder.Decode(source, MemoryMarshal.Cast<T, ulong>(target), 0);
            default:
                throw new NotSupportedException($"vectors of {typeof(T).Name}");
        }
    }
}
