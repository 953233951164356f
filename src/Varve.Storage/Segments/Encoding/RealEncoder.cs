using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Codecs;
using Varve.Storage.Segments.Encoding.Decimals;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Encodes reals: as decimals where they were, else by what their bits have in common. Any thread.</summary>
internal static class RealEncoder
{
    /// <summary>Appends a vector and returns the nanoseconds that decoding it will about take.</summary>
    /// <param name="values">The values.</param>
    /// <param name="writer">Takes the vector.</param>
    /// <param name="mayPart">Whether values of two kinds may be taken apart.</param>
    public static double Encode(ReadOnlySpan<double> values, VectorWriter writer, bool mayPart)
    {
        ReadOnlySpan<ulong> bits = MemoryMarshal.Cast<double, ulong>(values);
        var frames = Frames<ulong>.Of(bits);
        if (bits.Length <= 1 || frames.IsConstant)
            return IntegerEncoder.Encode(bits, writer, Allowed.None);
        Contest contest = new(writer, IntegerEncoder.FrameCost(bits, frames));
        var scales = ScaleSearch.Of(values);
        if (scales is { } found)
        {
            contest.Judge(DecimalCodec.Encode(values, found.Best, writer));
            if (mayPart && found.Short is { } kind)
                contest.Judge(ApartCodec.Encode(values, kind, writer));
        }

        if (scales is not { AreDecimals: true })
            IntegerEncoder.Compete(bits, frames, writer, Allowed.All & ~Allowed.Scaled, ref contest);
        return contest.HasWinner ? contest.Time : IntegerEncoder.EncodeFrame(bits, frames, writer);
    }

    /// <summary>The same for floats.</summary>
    public static double Encode(ReadOnlySpan<float> values, VectorWriter writer, bool mayPart)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        var frames = Frames<uint>.Of(bits);
        if (bits.Length <= 1 || frames.IsConstant)
            return IntegerEncoder.Encode(bits, writer, Allowed.None);
        Contest contest = new(writer, IntegerEncoder.FrameCost(bits, frames));
        var scales = ScaleSearch.Of(values);
        if (scales is { } found)
        {
            contest.Judge(DecimalCodec.Encode(values, found.Best, writer));
            if (mayPart && found.Short is { } kind)
                contest.Judge(ApartCodec.Encode(values, kind, writer));
        }

        if (scales is not { AreDecimals: true })
            IntegerEncoder.Compete(bits, frames, writer, Allowed.All & ~Allowed.Scaled, ref contest);
        return contest.HasWinner ? contest.Time : IntegerEncoder.EncodeFrame(bits, frames, writer);
    }
}
