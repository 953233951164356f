using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// The high and the low bits of differences from the least value, apart: the high ones of most measured values repeat, the low ones are noise.
/// <code>
/// parameter        low bits; the high ones are at most 16
/// T                the least value
/// vector of u16    high bits
/// vector of T      low bits
/// </code>
/// </summary>
internal static class SplitCodec
{
    public const int HighBitsMax = 16;

    public static double Encode<T>(ReadOnlySpan<T> values, T least, int lowBits, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        using Scratch<ushort> highs = new(values.Length);
        using Scratch<T> lows = new(values.Length);
        Span<ushort> high = highs.Span;
        Span<T> low = lows.Span;
        T mask = (T.One << lowBits) - T.One;
        for (int i = 0; i < values.Length; i++)
        {
            T difference = unchecked(values[i] - least);
            high[i] = ushort.CreateTruncating(difference >>> lowBits);
            low[i] = difference & mask;
        }

        int at = writer.BeginVector();
        writer.AppendValue(least);
        double time = IntegerEncoder.Encode<ushort>(high, writer, allowed & (Allowed.Runs | Allowed.Patched | Allowed.Entropy));
        time += IntegerEncoder.Encode<T>(low, writer, Allowed.None);
        writer.EndVector(at, VectorEncoding.Split, Unsafe.SizeOf<T>(), lowBits, values.Length);
        return time + Cost.Layer + (values.Length * Cost.SplitValue);
    }

    public static void Decode<T>(in VectorHeader header, ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        int lowBits = header.Parameter;
        if (lowBits >= Unsafe.SizeOf<T>() * 8)
            throw new VectorFormatException($"the low bits of {Unsafe.SizeOf<T>() * 8} bit values are {lowBits}");
        BodyReader reader = new(body);
        T least = reader.Take<T>();
        using Scratch<ushort> high = new(target.Length);
        reader.TakeVector(high.Span, depth);
        reader.TakeVector(target, depth);
        reader.End();
        Widening.AddShifted(high.Span, lowBits, least, target);
    }
}
