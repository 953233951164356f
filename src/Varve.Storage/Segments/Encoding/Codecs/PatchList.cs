using System.Numerics;
using Varve.Storage.Segments.Encoding.Choice;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Values that are put into their places after everything else is decoded.
/// <code>
/// u32              patches
/// vector of u32    their places, rising
/// vector of T      their values
/// </code>
/// </summary>
internal static class PatchList
{
    /// <summary>Appends the list and returns the nanoseconds that applying it will about take.</summary>
    public static double Write<T>(ReadOnlySpan<uint> places, ReadOnlySpan<T> values, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        writer.AppendValue(places.Length);
        if (places.IsEmpty)
            return 0;
        return (places.Length * Cost.PatchValue)
            + IntegerEncoder.Encode(places, writer, allowed.HasFlag(Allowed.Entropy) ? Allowed.Places : Allowed.Delta)
            + IntegerEncoder.Encode(values, writer, allowed & Allowed.Unordered);
    }

    public static void Apply<T>(ref BodyReader reader, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        int count = reader.TakeCount(0, target.Length, "patches");
        if (count == 0)
            return;
        using Scratch<uint> places = new(count);
        using Scratch<T> values = new(count);
        reader.TakeVector(places.Span, depth);
        reader.TakeVector(values.Span, depth);
        Span<uint> where = places.Span;
        Span<T> what = values.Span;
        for (int i = 0; i < where.Length; i++)
        {
            if (where[i] >= (uint)target.Length)
                throw new VectorFormatException($"a vector of {target.Length} values is patched at {where[i]}");
            target[(int)where[i]] = what[i];
        }
    }
}
