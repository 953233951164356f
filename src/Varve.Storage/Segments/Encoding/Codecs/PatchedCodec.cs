using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Choice;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Another vector, in which the few values that do not fit it are replaced by one that does.
/// <code>
/// vector of T      all values, some replaced
/// PatchList        these
/// </code>
/// </summary>
internal static class PatchedCodec
{
    /// <summary>Values outside of [least, greatest] are replaced.</summary>
    public static double Encode<T>(ReadOnlySpan<T> values, T least, T greatest, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        using Scratch<T> kept = new(values.Length);
        using Scratch<T> patches = new(values.Length);
        using Scratch<uint> places = new(values.Length);
        int count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            T value = values[i];
            bool fits = value >= least && value <= greatest;
            kept.Span[i] = fits ? value : least;
            patches.Span[count] = value;
            places.Span[count] = (uint)i;
            count += fits ? 0 : 1;
        }

        int at = writer.BeginVector();
        double time = IntegerEncoder.Encode<T>(kept.Span, writer, allowed & ~(Allowed.Patched | Allowed.Delta | Allowed.Scaled));
        time += PatchList.Write<T>(places.Span[..count], patches.Span[..count], writer, allowed & ~Allowed.Patched);
        writer.EndVector(at, VectorEncoding.Patched, Unsafe.SizeOf<T>(), 0, values.Length);
        return time + Cost.Layer;
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        BodyReader reader = new(body);
        reader.TakeVector(target, depth);
        PatchList.Apply(ref reader, target, depth);
        reader.End();
    }
}
