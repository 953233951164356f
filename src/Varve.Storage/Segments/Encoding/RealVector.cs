using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Floats or doubles as a vector, bit for bit: negative zeros, infinities and the payloads of NaNs come back. Any thread.</summary>
internal static class RealVector
{
    /// <summary>Appends the values in the encoding that suits them.</summary>
    public static void Encode<T>(ReadOnlySpan<T> values, VectorWriter writer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Unsafe.SizeOf<T>() == 8)
            IntegerVector.Encode(MemoryMarshal.Cast<T, ulong>(values), writer);
        else
            IntegerVector.Encode(MemoryMarshal.Cast<T, uint>(values), writer);
    }

    /// <summary>Decodes a vector of exactly as many values as the target takes, from the source's begin, and returns the bytes it took there.</summary>
    /// <exception cref="VectorFormatException">The source does not begin with such a vector.</exception>
    public static int Decode<T>(ReadOnlySpan<byte> source, Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Unsafe.SizeOf<T>() == 8
            ? IntegerVector.Decode(source, MemoryMarshal.Cast<T, ulong>(target))
            : IntegerVector.Decode(source, MemoryMarshal.Cast<T, uint>(target));
}
