using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Codecs;
using Varve.Storage.Segments.Encoding.Entropy;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding;

/// <summary>
/// Encodes whole numbers: a sample tells what is worth trying, and the best of what was tried is kept (<see cref="Cost"/>). Any thread.
/// </summary>
internal static class IntegerEncoder
{
    /// <summary>Of so few values nothing else is worth its headers than a frame of them or of their differences.</summary>
    private const int FewCount = 64;

    /// <summary>Tried are the most promising plans, few of them, and only while they promise to be better than what there is.</summary>
    private const double WorthTrying = 0.97;
    private const int TriedMax = 2;

    /// <summary>Appends a vector and returns the nanoseconds that decoding it will about take.</summary>
    public static double Encode<T>(ReadOnlySpan<T> values, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var frames = Frames<T>.Of(values);
        if (values.Length > 0 && frames.IsConstant)
            return ConstantCodec.Encode(frames.Base, values.Length, writer);
        Contest contest = new(writer, FrameCost(values, frames));
        Compete(values, frames, writer, writer.Depth < VectorDecoder.DepthMax ? allowed : Allowed.None, ref contest);
        return contest.HasWinner ? contest.Time : EncodeFrame(values, frames, writer);
    }

    /// <summary>Tries what is worth trying.</summary>
    public static void Compete<T>(ReadOnlySpan<T> values, in Frames<T> frames, VectorWriter writer, Allowed allowed, ref Contest contest)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int tried = 0;
        foreach (Plan<T> plan in Plans(values, frames, allowed))
        {
            if (tried == TriedMax || plan.EstimatedCost > contest.Cost * WorthTrying)
                break;
            if (plan.Encoding == VectorEncoding.Frame)
                continue;
            tried++;
            contest.Judge(Encode(values, frames, plan, writer, allowed));
        }
    }

    /// <summary>What the values cost as a frame, or as they are where that is less.</summary>
    public static double FrameCost<T>(ReadOnlySpan<T> values, in Frames<T> frames)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        Cost.Of(Math.Min(frames.EncodedBytes, RawBytes(values)), values.Length * Cost.FrameValue);

    public static double EncodeFrame<T>(ReadOnlySpan<T> values, in Frames<T> frames, VectorWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        frames.EncodedBytes <= RawBytes(values) ? FrameCodec.Encode(values, frames, writer) : RawCodec.Encode(values, writer);

    /// <summary>The same for values whose signs count, of whatever type they are.</summary>
    public static double EncodeSigned<T>(ReadOnlySpan<T> values, VectorWriter writer, Allowed allowed)
        where T : unmanaged => Unsafe.SizeOf<T>() switch
        {
            1 => Encode(MemoryMarshal.Cast<T, sbyte>(values), writer, allowed),
            2 => Encode(MemoryMarshal.Cast<T, short>(values), writer, allowed),
            4 => Encode(MemoryMarshal.Cast<T, int>(values), writer, allowed),
            _ => Encode(MemoryMarshal.Cast<T, long>(values), writer, allowed),
        };

    private static List<Plan<T>> Plans<T>(ReadOnlySpan<T> values, in Frames<T> frames, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (values.Length < 3 || allowed == Allowed.None)
            return [];
        if (values.Length < FewCount)
            return allowed.HasFlag(Allowed.Delta) ? [new Plan<T>(VectorEncoding.Delta, 0) { Distance = 1 }] : [];
        return Planner.Plans(values, frames.Base, frames.Greatest, allowed);
    }

    /// <summary>Infinity where the values turn out not to be what the plan takes them for; then nothing is written.</summary>
    private static double Encode<T>(ReadOnlySpan<T> values, in Frames<T> frames, in Plan<T> plan, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        switch (plan.Encoding)
        {
            case VectorEncoding.Runs:
                return RunsCodec.Encode(values, writer, allowed);
            case VectorEncoding.Delta:
                return DeltaCodec.Encode(values, plan.Distance, writer, values.Length < FewCount ? Allowed.None : allowed);
            case VectorEncoding.Patched:
                return PatchedCodec.Encode(values, plan.Least, plan.Greatest, writer, allowed);
            case VectorEncoding.Dictionary:
                var kinds = DistinctValues<T>.Of(values, frames.Base, frames.Greatest, DictionaryCodec.DistinctMax);
                return kinds is null ? double.PositiveInfinity : DictionaryCodec.Encode(kinds, writer, allowed);
            case VectorEncoding.Entropy:
                var symbols = DistinctValues<T>.Of(values, frames.Base, frames.Greatest, AnsModel.SymbolsMax);
                return symbols is null ? double.PositiveInfinity : EntropyCodec.Encode(symbols, writer);
            case VectorEncoding.Split:
                bool fits = Width.Between(frames.Base, frames.Greatest) - plan.LowBits <= SplitCodec.HighBitsMax;
                return !fits ? double.PositiveInfinity : SplitCodec.Encode(values, frames.Base, plan.LowBits, writer, allowed);
            case VectorEncoding.Scaled:
                return ScaledCodec.Encode(values, frames.Base, plan.Unit, writer, allowed);
            case VectorEncoding.Zstd:
                return ZstdCodec.Encode(values, frames.Base, plan.DifferenceBytes, plan.InPlanes, writer);
            default:
                throw new ArgumentException($"a plan of {plan.Encoding}");
        }
    }

    private static long RawBytes<T>(ReadOnlySpan<T> values) =>
        VectorHeader.VectorBytesOf(0, values.Length, (long)values.Length * Unsafe.SizeOf<T>());
}
