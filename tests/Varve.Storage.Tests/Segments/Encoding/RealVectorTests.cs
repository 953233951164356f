using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Encoding;

public class RealVectorTests(ITestOutputHelper output)
{
    private static readonly double[] Special =
    [
        0.0, -0.0, double.NaN, BitConverter.UInt64BitsToDouble(0x7FF0_0000_DEAD_BEEF), BitConverter.UInt64BitsToDouble(0xFFF8_0000_0000_0001),
        double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 1e15, 1e16, 4.5e15, -0.1,
        123456.789, 1.0 / 3, 1L << 51, 1L << 53, 1e-300,
    ];

    public static TheoryData<int> Counts => [0, 1, 2, 7, 63, 1023, 1024, 1025, 20_000, 65_536];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Every_bit_of_every_kind_of_reals_comes_back(int count)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        double walk = 20;
        AssertBoth("special", count, i => Special[i % Special.Length]);
        AssertBoth("decimals with special ones", count, i => random.Next(50) == 0 ? Special[random.Next(Special.Length)] : random.Next(100_000) / 100.0);
        AssertBoth("decimals", count, _ => Math.Round(random.NextDouble() * 1000, 3));
        AssertBoth("a walk", count, _ => walk = Math.Round(walk + (random.NextDouble() - 0.5), 1));
        AssertBoth("two kinds", count, _ => random.Next(3) == 0 ? random.Next(10_000) / 100.0 : random.NextDouble());
        AssertBoth("noise", count, _ => random.NextDouble());
        AssertBoth("whole numbers", count, _ => random.Next(-1000, 1000));
        AssertBoth("large whole numbers", count, _ => random.NextInt64());
        AssertBoth("any bits", count, _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
        AssertBoth("constant", count, _ => -0.0);
        AssertBoth("constant but for one", count, i => i == count / 2 ? 3.25 : double.NaN);
        AssertBoth("repeated", count, i => Special[i / 100 % Special.Length]);
        AssertBoth("in turn", count, i => 1.1 * (i % 100));
    }

    [Fact]
    public void Decimals_take_no_more_than_their_digits()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        Assert.InRange(BitsPerValue<double>(65_536, _ => random.Next(8192) / 100.0), 0, 13.2);
        Assert.InRange(BitsPerValue<float>(65_536, _ => random.Next(8192) / 100.0f), 0, 13.2);
        Assert.InRange(BitsPerValue<double>(65_536, i => i % 64 / 10.0), 0, 0.1);
    }

    private static void AssertBoth(string what, int count, Func<int, double> value)
    {
        double[] doubles = new double[count];
        for (int i = 0; i < count; i++)
            doubles[i] = value(i);
        AssertRoundTrip(doubles, what);
        AssertRoundTrip(Array.ConvertAll(doubles, d => (float)d), what);
    }

    private static void AssertRoundTrip<T>(T[] values, string what)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using VectorWriter writer = new();
        RealVector.Encode<T>(values, writer);
        var decoded = new T[values.Length];
        Assert.Equal(writer.Length, RealVector.Decode<T>(writer.Written, decoded));
        bool isSame = MemoryMarshal.AsBytes(values.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(decoded.AsSpan()));
        Assert.True(isSame, $"{values.Length} {typeof(T).Name}, {what}: {VectorInspection.Describe(writer.Written)}");
    }

    private static double BitsPerValue<T>(int count, Func<int, T> value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = value(i);
        AssertRoundTrip(values, "digits");
        using VectorWriter writer = new();
        RealVector.Encode<T>(values, writer);
        return writer.Length * 8.0 / count;
    }
}
