using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Differences from the value that stands a fixed distance before.
/// <code>
/// parameter        the distance, at least 1, less than the values
/// vector of T      as many of the first values
/// vector of T      the differences of the others, modulo 2^n
/// </code>
/// </summary>
internal static class DeltaCodec
{
    public const int DistanceMax = ushort.MaxValue;

    public static double Encode<T>(ReadOnlySpan<T> values, int distance, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        using Scratch<T> deltas = new(values.Length - distance);
        Deltas.Of(values, distance, deltas.Span);
        int at = writer.BeginVector();
        double time = IntegerEncoder.Encode(values[..distance], writer, Allowed.None);
        time += IntegerEncoder.EncodeSigned<T>(deltas.Span, writer, allowed & ~(Allowed.Delta | Allowed.Scaled));
        writer.EndVector(at, VectorEncoding.Delta, Unsafe.SizeOf<T>(), distance, values.Length);
        return time + Cost.Layer + (values.Length * Cost.DeltaValue);
    }

    public static void Decode<T>(in VectorHeader header, ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        int distance = header.Parameter;
        if (distance == 0 || distance >= target.Length)
            throw new VectorFormatException($"a vector of {target.Length} values holds differences over a distance of {distance}");
        BodyReader reader = new(body);
        reader.TakeVector(target[..distance], depth);
        reader.TakeVector(target[distance..], depth);
        reader.End();
        Deltas.Add(target, distance);
    }
}
