using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Codecs;
using Varve.Storage.Segments.Encoding.Decimals;
using Varve.Storage.Segments.Encoding.Packing;
using Varve.Storage.Zones;

namespace Varve.Storage.Tests.Segments.Encoding;

/// <summary>A vector in a given encoding, and what it decodes to. Any thread.</summary>
internal sealed record VectorSample(string Name, byte[] Bytes, int Count, Func<ReadOnlySpan<byte>, GuardedMemory, byte[]> Decode, byte[] Expected)
{
    private delegate void EncodeTo(VectorWriter writer);

    /// <summary>One in each encoding and form of it.</summary>
    public static IReadOnlyList<VectorSample> All(Random random, int count)
    {
        List<VectorSample> samples = [];
        AddWholes<byte>(samples, random, count);
        AddWholes<short>(samples, random, count);
        AddWholes<uint>(samples, random, count);
        AddWholes<long>(samples, random, count);
        AddReals(samples, random, count);
        AddBits(samples, random, count);
        return samples;
    }

    private static void AddWholes<T>(List<VectorSample> samples, Random random, int count)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] few = Make(count, _ => T.CreateTruncating(random.Next(5) * random.Next(5)));
        T[] wide = Make(count, _ => T.CreateTruncating(random.NextInt64(long.MinValue, long.MaxValue)));
        T[] narrow = Make(count, i => T.CreateTruncating((i / 1024 * 17) + random.Next(1 << (i / 1024 % 5))));
        T[] rising = Make(count, i => T.CreateTruncating(i));
        T[] runs = Make(count, i => T.CreateTruncating(i / 37 * 11));
        T[] outliers = Make(count, i => i % 41 == 7 ? T.MaxValue : T.CreateTruncating(random.Next(16)));
        Add(samples, "raw", wide, w => RawCodec.Encode<T>(wide, w));
        Add(samples, "constant", Make(count, _ => few[0]), w => ConstantCodec.Encode(few[0], count, w));
        Add(samples, "frame", few, w => FrameCodec.Encode<T>(few, Frames<T>.Of(few), w));
        Add(samples, "frame of blocks", narrow, w => FrameCodec.Encode<T>(narrow, Frames<T>.Of(narrow), w));
        Add(samples, "frame of all bits", wide, w => FrameCodec.Encode<T>(wide, Frames<T>.Of(wide), w));
        Add(samples, "runs", runs, w => RunsCodec.Encode<T>(runs, w, Allowed.All));
        foreach (int distance in (ReadOnlySpan<int>)[1, 2, 3, 16, 33, 100])
            Add(samples, $"delta over {distance}", rising, w => DeltaCodec.Encode<T>(rising, distance, w, Allowed.All));
        Add(samples, "patched", outliers, w => PatchedCodec.Encode(outliers, T.Zero, T.CreateTruncating(15), w, Allowed.All));
        Add(samples, "dictionary", few, w => DictionaryCodec.Encode(Distinct(few), w, Allowed.All));
        Add(samples, "wide dictionary", wide, w => DictionaryCodec.Encode(Distinct(wide), w, Allowed.All));
        Add(samples, "entropy", few, w => EntropyCodec.Encode(Distinct(few), w));
        int lowBits = Math.Max(1, Width.Between(Bounds.Of<T>(wide).Least, Bounds.Of<T>(wide).Greatest) - 16);
        Add(samples, "split", wide, w => SplitCodec.Encode(wide, Bounds.Of<T>(wide).Least, lowBits, w, Allowed.All));
        T[] scaled = Make(count, _ => T.CreateTruncating(random.Next(18) * 7));
        Add(samples, "scaled", scaled, w => ScaledCodec.Encode(scaled, T.Zero, 7, w, Allowed.All));
        int widthBytes = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        for (int bytes = 1; bytes <= widthBytes; bytes++)
        {
            T[] cyclic = Make(count, i => T.CreateTruncating((0x1234_5678_9ABC_DEF1 * ((i % 19) + 1)) >>> (64 - (8 * bytes))));
            Add(samples, $"zstd of {bytes}", cyclic, w => ZstdCodec.Encode(cyclic, T.Zero, bytes, inPlanes: false, w));
            Add(samples, $"zstd of {bytes} in planes", cyclic, w => ZstdCodec.Encode(cyclic, T.Zero, bytes, inPlanes: true, w));
        }
    }

    private static void AddReals(List<VectorSample> samples, Random random, int count)
    {
        double[] doubles = Make(count, i => i % 50 == 3 ? random.NextDouble() : random.Next(10_000) / 100.0);
        float[] floats = Make(count, i => i % 50 == 3 ? random.NextSingle() : random.Next(10_000) / 100.0f);
        AddReal(samples, "decimal doubles", doubles, w => DecimalCodec.Encode(doubles, new DecimalScale(14, 12), w));
        AddReal(samples, "decimal floats", floats, w => DecimalCodec.Encode(floats, new DecimalScale(2, 0), w));
        AddReal(samples, "doubles apart", doubles, w => ApartCodec.Encode(doubles, new DecimalScale(14, 12), w));
        AddReal(samples, "floats apart", floats, w => ApartCodec.Encode(floats, new DecimalScale(2, 0), w));
    }

    private static void AddBits(List<VectorSample> samples, Random random, int count)
    {
        bool[][] all =
        [
            Make(count, _ => true), Make(count, _ => false), Make(count, i => i % 50 == 3), Make(count, i => i % 50 != 3),
            Make(count, i => i / 90 % 2 == 0),
            Make(count, i => i / 90 % 2 == 1), Make(count, _ => random.Next(2) == 0), Make(count, i => 0x35_B1 >> (i % 17) % 2 == 1),
        ];
        for (int kind = 0; kind < all.Length; kind++)
        {
            byte[] packed = new byte[(count + 7) / 8];
            for (int i = 0; i < count; i++)
                packed[i / 8] |= (byte)(all[kind][i] ? 1 << i % 8 : 0);
            using VectorWriter writer = new();
            BitVector.Encode(packed, 0, count, writer);
            samples.Add(new VectorSample($"bits of kind {kind}", writer.Written.ToArray(), count, DecodeBits, packed));
        }

        byte[] DecodeBits(ReadOnlySpan<byte> source, GuardedMemory memory)
        {
            Span<byte> target = memory.Take((count + 7) / 8);
            BitVector.Decode(source, target, count);
            return target.ToArray();
        }
    }

    private static DistinctValues<T> Distinct<T>(T[] values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        (T least, T greatest) = Bounds.Of<T>(values);
        return DistinctValues<T>.Of(values, least, greatest, DictionaryCodec.DistinctMax)!;
    }

    private static T[] Make<T>(int count, Func<int, T> value)
    {
        var values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = value(i);
        return values;
    }

    private static void Add<T>(List<VectorSample> samples, string name, T[] values, EncodeTo encode)
        where T : unmanaged, IBinaryInteger<T> => Add(samples, $"{typeof(T).Name} {name}", values, encode, (s, t) => IntegerVector.Decode<T>(s, t));

    private static void AddReal<T>(List<VectorSample> samples, string name, T[] values, EncodeTo encode)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Add(samples, name, values, encode, (s, t) => RealVector.Decode<T>(s, t));

    private delegate int DecodeTo<T>(ReadOnlySpan<byte> source, Span<T> target);

    private static void Add<T>(List<VectorSample> samples, string name, T[] values, EncodeTo encode, DecodeTo<T> decode)
        where T : unmanaged
    {
        using VectorWriter writer = new();
        encode(writer);
        samples.Add(new VectorSample(name, writer.Written.ToArray(), values.Length, Decode, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));

        byte[] Decode(ReadOnlySpan<byte> source, GuardedMemory memory)
        {
            Span<T> target = memory.Take<T>(values.Length);
            target.Clear();
            decode(source, target);
            return MemoryMarshal.AsBytes(target).ToArray();
        }
    }
}
