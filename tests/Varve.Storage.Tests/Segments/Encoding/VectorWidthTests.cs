using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Varve.Storage.Segments.Encoding.Decimals;
using Varve.Storage.Segments.Encoding.Packing;
using Varve.Storage.Zones;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Encoding;

/// <summary>Every width of vectors gives what one number at a time gives, to the bit.</summary>
public class VectorWidthTests(ITestOutputHelper output)
{
    private delegate void Pack<T>(ReadOnlySpan<T> values, T start, int bits, Span<byte> target);

    private delegate void Unpack<T>(ReadOnlySpan<byte> source, int bits, T start, Span<T> target);

    [Fact]
    public void Blocks_are_packed_and_unpacked_alike()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        PackAlike<byte>(random);
        PackAlike<ushort>(random);
        PackAlike<uint>(random);
        PackAlike<ulong>(random);
    }

    [Fact]
    public void Differences_are_summed_alike_over_every_distance()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        SumAlike<byte>(random);
        SumAlike<ushort>(random);
        SumAlike<uint>(random);
        SumAlike<ulong>(random);
    }

    [Fact]
    public void Running_sums_are_alike()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int length = 0; length < 200; length++)
        {
            Alike(Some<uint>(random, length), v => RunningSum.Make<uint>(v), v => RunningSum.MakeScalar<uint>(v, 0));
            Alike(Some<ulong>(random, length), v => RunningSum.Make<ulong>(v), v => RunningSum.MakeScalar<ulong>(v, 0));
        }
    }

    [Fact]
    public void High_parts_are_added_alike()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int length = 0; length < 200; length++)
        {
            ushort[] high = Some<ushort>(random, length);
            int shift = random.Next(32);
            uint start = (uint)random.NextInt64();
            Alike<uint>(
                Some<uint>(random, length),
                v => Widening.AddShifted<uint>(high, shift, start, v),
                v => Widening.AddShiftedScalar(high, shift, start, v));
            Alike<ulong>(
                Some<ulong>(random, length),
                v => Widening.AddShifted<ulong>(high, shift + 16, start, v),
                v => Widening.AddShiftedScalar<ulong>(high, shift + 16, start, v));
        }
    }

    [Fact]
    public void Whole_numbers_become_the_same_reals()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int length = 0; length < 100; length++)
        {
            DecimalScale scale = new(random.Next(19), 0);
            scale = scale with { Factor = random.Next(scale.Exponent + 1) };
            ulong[] wide = Some<ulong>(random, length);
            Alike(wide, v => DecimalReal.Make(v, scale), v => DecimalReal.MakeScalar(v, scale));
            Alike(wide, v => DecimalReal.MakeScalar(v[DecimalReal.Make512(v, scale)..], scale), v => DecimalReal.MakeScalar(v, scale));
            Alike(wide, v => DecimalReal.MakeScalar(v[DecimalReal.Make256(v, scale)..], scale), v => DecimalReal.MakeScalar(v, scale));
            uint[] narrow = Some<uint>(random, length);
            Alike(narrow, v => DecimalReal.Make(v, scale), v => DecimalReal.MakeScalar(v, scale));
            if (Avx.IsSupported)
                Alike(narrow, v => DecimalReal.MakeScalar(v[DecimalReal.Make256(v, scale)..], scale), v => DecimalReal.MakeScalar(v, scale));
        }
    }

    [Fact]
    public void Codes_become_their_values_and_bounds_are_found_whatever_their_number()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int length = 1; length < 100; length++)
        {
            LookUp<byte, ulong>(random, length, 256);
            LookUp<byte, ushort>(random, length, 256);
            LookUp<ushort, uint>(random, length, 65_536);
            long[] values = Some<long>(random, length);
            Assert.Equal((values.Min(), values.Max()), Bounds.Of<long>(values));
            byte[] bytes = Some<byte>(random, length);
            Assert.Equal((bytes.Min(), bytes.Max()), Bounds.Of<byte>(bytes));
        }
    }

    private static void LookUp<TCode, T>(Random random, int length, int count)
        where TCode : unmanaged, IBinaryInteger<TCode>
        where T : unmanaged
    {
        T[] values = Some<T>(random, count);
        TCode[] codes = Some<TCode>(random, length);
        T[] found = new T[length];
        CodeLookup.Fill<T, TCode>(values, codes, found);
        Assert.Equal(codes.Select(code => values[int.CreateTruncating(code)]), found);
    }

    private static void PackAlike<T>(Random random)
        where T : unmanaged, IBinaryInteger<T>
    {
        (Pack<T> Pack, Unpack<T> Unpack)[] widths =
        [
            (LaneBlock.Pack<LanesScalar<T>, T, T>, LaneBlock.Unpack<LanesScalar<T>, T, T>),
            (LaneBlock.Pack<Lanes128<T>, Vector128<T>, T>, LaneBlock.Unpack<Lanes128<T>, Vector128<T>, T>),
            (LaneBlock.Pack<Lanes256<T>, Vector256<T>, T>, LaneBlock.Unpack<Lanes256<T>, Vector256<T>, T>),
            (LaneBlock.Pack<Lanes512<T>, Vector512<T>, T>, LaneBlock.Unpack<Lanes512<T>, Vector512<T>, T>),
            (LaneBlock.Pack, LaneBlock.Unpack),
        ];
        for (int bits = 0; bits <= 8 * Unsafe.SizeOf<T>(); bits++)
        {
            T start = Some<T>(random, 1)[0];
            T mask = bits == 0 ? T.Zero : T.AllBitsSet >>> ((8 * Unsafe.SizeOf<T>()) - bits);
            T[] values = [.. Some<T>(random, 2 * LaneBlock.Count).Select(v => unchecked((v & mask) + start))];
            byte[][] packed = [.. widths.Select(_ => new byte[2 * LaneBlock.BytesOf(bits)])];
            for (int i = 0; i < widths.Length; i++)
            {
                widths[i].Pack(values.AsSpan(0, LaneBlock.Count), start, bits, packed[i]);
                widths[i].Pack(values.AsSpan(LaneBlock.Count), start, bits, packed[i].AsSpan(LaneBlock.BytesOf(bits)));
                Assert.Equal(packed[0], packed[i]);
                T[] unpacked = new T[values.Length];
                widths[i].Unpack(packed[0], bits, start, unpacked);
                Assert.Equal(values, unpacked);
            }
        }
    }

    private static void SumAlike<T>(Random random)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int distance = 1; distance < 150; distance++)
        {
            T[] values = Some<T>(random, distance + random.Next(300));
            Alike(values, v => Deltas.Add<Lanes128<T>, Vector128<T>, T>(v, distance), v => Deltas.Add<LanesScalar<T>, T, T>(v, distance));
            Alike(values, v => Deltas.Add<Lanes256<T>, Vector256<T>, T>(v, distance), v => Deltas.Add<LanesScalar<T>, T, T>(v, distance));
            Alike(values, v => Deltas.Add<Lanes512<T>, Vector512<T>, T>(v, distance), v => Deltas.Add<LanesScalar<T>, T, T>(v, distance));
            Alike(values, v => Deltas.Add(v, distance), v => Deltas.Add<LanesScalar<T>, T, T>(v, distance));
            T[] summed = [.. values];
            Deltas.Add(summed.AsSpan(), distance);
            T[] deltas = new T[values.Length - distance];
            Deltas.Of(summed, distance, deltas.AsSpan());
            Assert.Equal(values[distance..], deltas);
        }
    }

    private delegate void Change<T>(Span<T> values);

    private static void Alike<T>(T[] values, Change<T> change, Change<T> scalar)
    {
        T[] changed = [.. values];
        T[] expected = [.. values];
        change(changed);
        scalar(expected);
        Assert.Equal(expected, changed);
    }

    /// <summary>Random bits, among them numbers of few bits and of all.</summary>
    private static T[] Some<T>(Random random, int count)
        where T : unmanaged
    {
        T[] values = new T[count];
        random.NextBytes(MemoryMarshal.AsBytes(values.AsSpan()));
        for (int i = 0; i < count; i++)
        {
            if (random.Next(4) == 0)
                MemoryMarshal.AsBytes(values.AsSpan(i, 1))[1..].Clear();
            else if (random.Next(10) == 0)
                MemoryMarshal.AsBytes(values.AsSpan(i, 1)).Fill(random.Next(2) == 0 ? byte.MinValue : byte.MaxValue);
        }

        return values;
    }
}
