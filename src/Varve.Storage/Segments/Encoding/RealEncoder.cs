using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Codecs;
using Varve.Storage.Segments.Encoding.Decimals;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Encodes reals: as decimals where they were, else by what their bits have in common. Any thread.</summary>
internal static class RealEncoder
{
    private delegate ScaleChoice? Search<T>(ReadOnlySpan<T> values);

    private delegate double EncodeScaled<T>(ReadOnlySpan<T> values, DecimalScale scale, VectorWriter writer);

    /// <summary>Appends a vector and returns the nanoseconds that decoding it will about take.</summary>
    /// <param name="values">The values.</param>
    /// <param name="writer">Takes the vector.</param>
    /// <param name="mayPart">Whether values of two kinds may be taken apart.</param>
    public static double Encode(ReadOnlySpan<double> values, VectorWriter writer, bool mayPart) =>
        Encode<double, ulong>(values, writer, mayPart, ScaleSearch.Of, DecimalCodec.Encode, ApartCodec.Encode);

    /// <summary>The same for floats.</summary>
    public static double Encode(ReadOnlySpan<float> values, VectorWriter writer, bool mayPart) =>
        Encode<float, uint>(values, writer, mayPart, ScaleSearch.Of, DecimalCodec.Encode, ApartCodec.Encode);

    private static double Encode<T, TBits>(
        ReadOnlySpan<T> values,
        VectorWriter writer,
        bool mayPart,
        Search<T> search,
        EncodeScaled<T> encodeDecimal,
        EncodeScaled<T> encodeApart)
        where T : unmanaged
        where TBits : unmanaged, IBinaryInteger<TBits>, IMinMaxValue<TBits>
    {
        ReadOnlySpan<TBits> bits = MemoryMarshal.Cast<T, TBits>(values);
        var frames = Frames<TBits>.Of(bits);
        if (bits.Length <= 1 || frames.IsConstant)
            return IntegerEncoder.Encode(bits, writer, Allowed.None);
        Contest contest = new(writer, IntegerEncoder.FrameCost(bits, frames));
        ScaleChoice? scales = search(values);
        if (scales is { } found)
        {
            contest.Judge(encodeDecimal(values, found.Best, writer));
            if (mayPart && found.Short is { } kind)
                contest.Judge(encodeApart(values, kind, writer));
        }

        if (scales is not { AreDecimals: true })
            IntegerEncoder.Compete(bits, frames, writer, Allowed.All & ~Allowed.Scaled, ref contest);
        return contest.HasWinner ? contest.Time : IntegerEncoder.EncodeFrame(bits, frames, writer);
    }
}
