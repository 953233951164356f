using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Codecs;
using Varve.Storage.Segments.Encoding.Decimals;
using Varve.Storage.Zones;

namespace Varve.Benchmarks.Vectors;

/// <summary>A vector of one block's rows in a given encoding, to be decoded over and over.</summary>
/// <param name="Name">What it is.</param>
/// <param name="HasGoal">Whether it has to reach its part of memcpy's rate.</param>
/// <param name="Vector">Its bytes.</param>
/// <param name="TargetBytes">What it decodes to.</param>
/// <param name="Decode">Decodes it.</param>
internal sealed record DecodeCase(string Name, bool HasGoal, byte[] Vector, int TargetBytes, DecodeCase.DecodeTo Decode)
{
    public const int RowCount = 65_536;

    public delegate void DecodeTo(ReadOnlySpan<byte> vector, Span<byte> target);

    public static IReadOnlyList<DecodeCase> All() =>
    [
        Frame<byte>(5),
        Frame<ushort>(9),
        Frame<ushort>(12),
        Frame<uint>(10),
        Frame<uint>(20),
        .. ((int[])[1, 7, 12, 20, 33, 48]).Select(Frame<ulong>),
        Codes<ulong>(200),
        Codes<ulong>(5000),
        Codes<uint>(200),
        Decimals64(),
        Decimals32(),
        Timestamps(1),
        Timestamps(100),
        Whole<long>("patched", r => r.Next(50) == 0 ? r.Next(100_000) : r.Next(128), (v, w) => PatchedCodec.Encode(v, 0, 127, w, Allowed.Patched)),
        Whole<long>("runs of 20", r => r.Next(20), (v, w) => RunsCodec.Encode(v, w, Allowed.None), stretch: 20),
        Whole<long>("split, entropy", r => (long)(60_000 * Math.Pow(r.NextDouble(), 4)), (v, w) => SplitCodec.Encode(v, 0, 6, w, Allowed.Entropy)),
        Entropy<long>(5),
        Entropy<ushort>(5),
        Entropy<ushort>(220),
        Entropy<long>(1000),
        Whole<long>("zstd in planes", r => r.Next(100) * r.Next(100), (v, w) => ZstdCodec.Encode(v, 0, 2, inPlanes: true, w)),
    ];

    private static DecodeCase Frame<T>(int bits)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        Whole<T>(
            $"{bits} bit",
            r => T.CreateTruncating(100 + (r.NextInt64() & ((1L << bits) - 1))),
            (v, w) => FrameCodec.Encode(v, Frames<T>.Of(v), w),
            hasGoal: true);

    private static DecodeCase Codes<T>(int distinct)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] values = Values(distinct, r => T.CreateTruncating(r.NextInt64()));
        return Whole<T>($"dictionary of {distinct}", r => values[r.Next(distinct)], (v, w) => DictionaryCodec.Encode(Distinct(v), w, Allowed.None), hasGoal: true);
    }

    private static DecodeCase Entropy<T>(int distinct)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        Whole<T>($"entropy of {distinct}", r => T.CreateTruncating((int)(distinct * r.NextDouble() * r.NextDouble())), (v, w) => EntropyCodec.Encode(Distinct(v), w));

    private static DecodeCase Timestamps(int distance)
    {
        long now = 1_760_000_000_000_000;
        return Whole<long>(
            $"timestamps, delta over {distance}", r => now += 1000 + r.Next(-20, 20), (v, w) => DeltaCodec.Encode(v, distance, w, Allowed.None));
    }

    private static DecodeCase Decimals64()
    {
        double[] values = Values(RowCount, r => r.Next(10_000) / 100.0);
        return Real<double>("decimals", values, w => DecimalCodec.Encode(values, ScaleSearch.Of(values)!.Value.Best, w));
    }

    private static DecodeCase Decimals32()
    {
        float[] values = Values(RowCount, r => r.Next(10_000) / 100f);
        return Real<float>("decimals", values, w => DecimalCodec.Encode(values, ScaleSearch.Of(values)!.Value.Best, w));
    }

    private delegate void EncodeTo<T>(ReadOnlySpan<T> values, VectorWriter writer);

    private static DecodeCase Whole<T>(string name, Func<Random, T> value, EncodeTo<T> encode, bool hasGoal = false, int stretch = 1)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] values = Values(RowCount, value);
        for (int i = 0; i < values.Length; i++)
            values[i] = values[i - (i % stretch)];
        return Make<T>(name, hasGoal, values, w => encode(values, w), (v, t) => IntegerVector.Decode<T>(v, t));
    }

    private static DecodeCase Real<T>(string name, T[] values, Action<VectorWriter> encode)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Make<T>(name, true, values, encode, (v, t) => RealVector.Decode<T>(v, t));

    private delegate int DecodeTo<T>(ReadOnlySpan<byte> vector, Span<T> target);

    private static DecodeCase Make<T>(string name, bool hasGoal, T[] values, Action<VectorWriter> encode, DecodeTo<T> decode)
        where T : unmanaged
    {
        using VectorWriter writer = new();
        encode(writer);
        byte[] vector = writer.Written.ToArray();
        byte[] target = new byte[values.Length * Unsafe.SizeOf<T>()];
        decode(vector, MemoryMarshal.Cast<byte, T>(target.AsSpan()));
        if (!target.AsSpan().SequenceEqual(MemoryMarshal.AsBytes(values.AsSpan())))
            throw new InvalidOperationException($"{name} of {typeof(T).Name} did not come back");
        return new DecodeCase($"{typeof(T).Name} {name}", hasGoal, vector, target.Length, (v, t) => decode(v, MemoryMarshal.Cast<byte, T>(t)));
    }

    private static T[] Values<T>(int count, Func<Random, T> value)
    {
        var random = new Random(count);
        var values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = value(random);
        return values;
    }

    private static DistinctValues<T> Distinct<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        (T least, T greatest) = Bounds.Of<T>(values);
        return DistinctValues<T>.Of(values, least, greatest, DictionaryCodec.DistinctMax)!;
    }
}
