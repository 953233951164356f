using Varve.Storage.Zones;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Zones;

public class ZoneCodecTests(ITestOutputHelper output)
{
    [Fact]
    public void Zones_have_these_bytes()
    {
        Assert.Equal("00", Hex(null));
        Assert.Equal("0C", Hex(new Zone(default, default, HasNulls: true, IsEmpty: true)));
        Assert.Equal("09" + "00" + "0101", Hex(new Zone(ZoneValue.Of(0), ZoneValue.Of(1), HasNulls: false)));
        Assert.Equal("0D" + "01FF" + "017F", Hex(new Zone(ZoneValue.Of(-1), ZoneValue.Of(127), HasNulls: true)));
        Assert.Equal("09" + "0180" + "028000", Hex(new Zone(ZoneValue.Of(-128), ZoneValue.Of(128), HasNulls: false)));
        Assert.Equal("0A" + "000000000000F0BF" + "000000000000F87F", Hex(new Zone(ZoneValue.OfReal(-1), ZoneValue.OfReal(BitConverter.UInt64BitsToDouble(0x7FF8000000000000)), false)));
        Assert.Equal("0B" + "00" + "026162", Hex(new Zone(ZoneValue.OfBytes([]), ZoneValue.OfBytes("ab"u8), HasNulls: false)));
    }

    [Fact]
    public void Zones_are_read_as_they_were_written()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        byte[] bytes = new byte[ZoneCodec.BytesMax + 10];
        for (int i = 0; i < 20_000; i++)
        {
            Zone? zone = RandomZone(random);
            random.NextBytes(bytes);
            int written = ZoneCodec.Write(zone, bytes);
            Assert.Equal(written, ZoneCodec.Read(bytes, out Zone? read));
            Assert.Equal(zone, read);
            for (int cut = 0; cut < written; cut++)
                Assert.Equal(0, ZoneCodec.Read(bytes.AsSpan(0, cut), out _));
        }
    }

    [Fact]
    public void The_extremes_of_whole_numbers_are_kept()
    {
        byte[] bytes = new byte[ZoneCodec.BytesMax];
        for (int bit = 0; bit < 127; bit++)
        {
            Int128 power = Int128.One << bit;
            foreach (Int128 value in new[] { power - 1, power, power + 1, -power, -power - 1, Int128.MaxValue, Int128.MinValue })
            {
                var zone = new Zone(ZoneValue.Of(value), ZoneValue.Of(value), HasNulls: false);
                ZoneCodec.Write(zone, bytes);
                ZoneCodec.Read(bytes, out Zone? read);
                Assert.Equal(zone, read);
            }
        }
    }

    [Fact]
    public void Bytes_that_are_no_zone_are_refused_or_read_as_one()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        int refused = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = new byte[random.Next(20)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && random.Next(2) == 0)
                bytes[0] = (byte)(8 | random.Next(8));
            int taken = ZoneCodec.Read(bytes, out Zone? zone);
            Assert.InRange(taken, 0, bytes.Length);
            if (taken == 0)
                refused++;
            else if (zone is { IsEmpty: false } known)
                Assert.True(known.Least <= known.Greatest);
        }

        Assert.InRange(refused, 10_000, 50_000);
        Assert.Equal(0, ZoneCodec.Read([9, 1, 5, 1, 4], out _));
    }

    private static Zone? RandomZone(Random random)
    {
        bool hasNulls = random.Next(2) == 0;
        switch (random.Next(5))
        {
            case 0:
                return null;
            case 1:
                return new Zone(default, default, HasNulls: true, IsEmpty: true);
            case 2:
                Int128 whole = new(
                    (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64), (ulong)random.NextInt64() >> random.Next(64));
                whole = random.Next(2) == 0 ? whole : -whole;
                return new Zone(ZoneValue.Of(whole), ZoneValue.Of(whole + random.Next(100)), hasNulls);
            case 3:
                double real = random.NextDouble() - 0.5;
                return new Zone(ZoneValue.OfReal(real), ZoneValue.OfReal(random.Next(2) == 0 ? double.NaN : double.PositiveInfinity), hasNulls);
            default:
                byte[] text = new byte[random.Next(ZoneCodec.ValueBytesMax)];
                random.NextBytes(text);
                return new Zone(ZoneValue.OfBytes(text), ZoneValue.OfBytes([.. text, 1]), hasNulls);
        }
    }

    private static string Hex(Zone? zone)
    {
        byte[] bytes = new byte[ZoneCodec.BytesMax];
        return Convert.ToHexString(bytes.AsSpan(0, ZoneCodec.Write(zone, bytes)));
    }
}
