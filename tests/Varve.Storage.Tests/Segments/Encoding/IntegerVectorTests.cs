using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Encoding;

public class IntegerVectorTests(ITestOutputHelper output)
{
    public static TheoryData<int> Counts => [0, 1, 2, 7, 63, 64, 65, 1023, 1024, 1025, 2047, 5000, 65_536];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Every_width_comes_back_in_every_type(int count)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        EveryWidth<sbyte>(count, random);
        EveryWidth<byte>(count, random);
        EveryWidth<short>(count, random);
        EveryWidth<ushort>(count, random);
        EveryWidth<int>(count, random);
        EveryWidth<uint>(count, random);
        EveryWidth<long>(count, random);
        EveryWidth<ulong>(count, random);
    }

    [Fact]
    public void A_value_that_no_sample_saw_comes_back()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        for (int round = 0; round < 60; round++)
        {
            int bits = random.Next(8, 24);
            double skew = 1 + (random.NextDouble() * 4);
            Func<int, long>[] kinds =
            [
                i => (long)((1 << bits) * Math.Pow(random.NextDouble(), skew)),
                i => (i * 1000L) + (long)((1 << bits) * Math.Pow(random.NextDouble(), skew)),
                i => (i % 100 * 77_777L) + random.Next(4),
                i => random.Next(300) * 60_000_000L,
            ];
            var values = new long[20_000];
            Func<int, long> kind = kinds[round % kinds.Length];
            for (int i = 0; i < values.Length; i++)
                values[i] = kind(i);
            values[random.Next(values.Length)] = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(56);
            AssertRoundTrip(values, $"{bits} bits, skew {skew}");
            AssertRoundTrip(Array.ConvertAll(values, v => (int)v), $"{bits} bits, skew {skew}");
        }
    }

    private static void EveryWidth<T>(int count, Random random)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (int bits = 0; bits <= Unsafe.SizeOf<T>() * 8; bits++)
        {
            var values = new T[count];
            T start = T.CreateTruncating(random.NextInt64(long.MinValue, long.MaxValue));
            for (int i = 0; i < count; i++)
                values[i] = unchecked(
                    start + T.CreateTruncating(bits == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - bits)));
            AssertRoundTrip<T>(values, $"{bits} bits");
        }
    }

    private static void AssertRoundTrip<T>(T[] values, string what)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        using var writer = new VectorWriter();
        IntegerVector.Encode<T>(values, writer);
        var decoded = new T[values.Length];
        decoded.AsSpan().Fill(T.AllBitsSet);
        Assert.Equal(writer.Length, IntegerVector.Decode<T>(writer.Written, decoded));
        Assert.True(values.AsSpan().SequenceEqual(decoded), $"{values.Length} values of {typeof(T).Name}, {what}");
    }
}
