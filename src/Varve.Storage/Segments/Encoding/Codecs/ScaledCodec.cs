using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Values that are whole multiples of a unit from their least, such as seconds in microseconds.
/// <code>
/// T                the least
/// T                the unit, not 0
/// vector of T      multiples
/// </code>
/// </summary>
internal static class ScaledCodec
{
    public static double Encode<T>(ReadOnlySpan<T> values, T least, ulong unit, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        using Scratch<T> multiples = new(values.Length);
        Span<T> target = multiples.Span;
        for (int i = 0; i < values.Length; i++)
            target[i] = T.CreateTruncating(Width.Unsigned(unchecked(values[i] - least)) / unit);
        int at = writer.BeginVector();
        writer.AppendValue(least);
        writer.AppendValue(T.CreateTruncating(unit));
        double time = IntegerEncoder.Encode<T>(target, writer, allowed & ~Allowed.Scaled);
        writer.EndVector(at, VectorEncoding.Scaled, Unsafe.SizeOf<T>(), 0, values.Length);
        return time + Cost.Layer + (values.Length * Cost.ScaledValue);
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        BodyReader reader = new(body);
        T least = reader.Take<T>();
        T unit = reader.Take<T>();
        reader.TakeVector(target, depth);
        reader.End();
        int i = 0;
        Vector<T> leasts = new(least);
        for (; i <= target.Length - Vector<T>.Count; i += Vector<T>.Count)
            (leasts + (new Vector<T>(target[i..]) * unit)).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] = unchecked(least + (target[i] * unit));
    }
}
