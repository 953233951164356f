using System.Numerics;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Storage.Zones;

namespace Varve.Storage.Tests.Zones;

public class ZoneScanTests
{
    [Fact]
    public void Booleans_are_0_and_1()
    {
        Assert.Equal(Whole(0, 1, hasNulls: true), ZoneScan.Of(Build(ArrowTypes.Boolean, null, true, false)));
        Assert.Equal(Whole(1, 1), ZoneScan.Of(Build(ArrowTypes.Boolean, true, true)));
        Assert.Equal(Whole(0, 0, hasNulls: true), ZoneScan.Of(Build(ArrowTypes.Boolean, false, null)));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    public void Decimals_count_in_their_last_digit(int bits)
    {
        ArrayData array = Build(new DecimalType(9, 2, bits), 1.25m, -3.5m, null, 2m);
        Assert.Equal(Whole(-350, 200, hasNulls: true), ZoneScan.Of(array));
    }

    [Fact]
    public void Decimals_of_256_bits_and_intervals_have_no_zone()
    {
        Assert.Null(ZoneScan.Of(Build(new DecimalType(50, 0, 256), 1m)));
        Assert.Null(ZoneScan.Of(Build(new IntervalType(IntervalUnit.YearMonth), new IntervalValue(1, 0, 0))));
    }

    [Fact]
    public void Times_and_durations_count_in_their_unit()
    {
        Assert.Equal(Whole(5, 86_399), ZoneScan.Of(Build(new TimeType(TimeUnit.Second), 5, 86_399)));
        Assert.Equal(Whole(5, 86_399_000_000), ZoneScan.Of(Build(new TimeType(TimeUnit.Microsecond), 86_399_000_000, 5L)));
        Assert.Equal(Whole(-7, 8), ZoneScan.Of(Build(new DurationType(TimeUnit.Nanosecond), -7L, 8L)));
    }

    [Fact]
    public void Halves_are_real_numbers_and_NaN_is_above_all()
    {
        Zone zone = ZoneScan.Of(Build(ArrowTypes.Float16, (Half)1.5f, Half.NaN, (Half)(-2)))!.Value;
        Assert.Equal(-2.0, zone.Least.Real);
        Assert.True(double.IsNaN(zone.Greatest.Real));
    }

    [Theory]
    [InlineData("utf8")]
    [InlineData("large_utf8")]
    [InlineData("utf8_view")]
    public void Texts_stand_in_the_order_of_their_bytes(string type)
    {
        ArrayData array = Build(TypeNames.Parse(type), "zebra", "Ärger", null, "", "a text longer than any view holds by itself").Slice(0, 4);
        Zone zone = ZoneScan.Of(array)!.Value;
        Assert.Equal(ZoneValue.OfBytes(""u8), zone.Least);
        Assert.Equal(ZoneValue.OfBytes("Ärger"u8), zone.Greatest);
        Assert.True(zone.HasNulls);
    }

    [Fact]
    public void Long_values_are_cut_and_the_greatest_is_rounded_up()
    {
        Zone zone = ZoneScan.Of(Build(ArrowTypes.Utf8, new string('a', 40), new string('b', 33)))!.Value;
        Assert.Equal(ZoneValue.OfBytes("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"u8), zone.Least);
        Assert.Equal(ZoneValue.OfBytes("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbc"u8), zone.Greatest);
    }

    [Fact]
    public void A_greatest_value_that_cannot_be_rounded_up_leaves_nothing_known()
    {
        byte[] highest = [.. Enumerable.Repeat(byte.MaxValue, 33)];
        Assert.Null(ZoneScan.Of(Build(ArrowTypes.Binary, highest)));
        Zone zone = ZoneScan.Of(Build(ArrowTypes.Binary, highest[..32]))!.Value;
        Assert.Equal(ZoneValue.OfBytes(highest.AsSpan(0, 32)), zone.Greatest);
        byte[] almost = [1, .. highest];
        Assert.Equal(ZoneValue.OfBytes([2]), ZoneScan.Of(Build(ArrowTypes.Binary, almost))!.Value.Greatest);
    }

    [Fact]
    public void Fixed_size_binary_has_bounds()
    {
        Zone zone = ZoneScan.Of(Build(new FixedSizeBinaryType(2), new byte[] { 2, 0 }, new byte[] { 1, 255 }))!.Value;
        Assert.Equal(ZoneValue.OfBytes([1, 255]), zone.Least);
        Assert.Equal(ZoneValue.OfBytes([2, 0]), zone.Greatest);
    }

    [Fact]
    public void Joined_zones_hold_what_each_holds()
    {
        Zone empty = ZoneScan.Of(Build(ArrowTypes.Int32, null, null))!.Value;
        Zone first = Whole(3, 9);
        Assert.Equal(Whole(-1, 9, hasNulls: true), ZoneScan.Join(first, Whole(-1, 4, hasNulls: true)));
        Assert.Equal(Whole(3, 9, hasNulls: true), ZoneScan.Join(empty, first));
        Assert.True(ZoneScan.Join(empty, empty)!.Value.IsEmpty);
        Assert.Null(ZoneScan.Join(null, first));
    }

    private static Zone Whole(Int128 least, Int128 greatest, bool hasNulls = false) => new(ZoneValue.Of(least), ZoneValue.Of(greatest), hasNulls);

    private static ArrayData Build(ArrowType type, params object?[] values)
    {
        ArrayBuilder builder = ArrayBuilder.Create(type);
        foreach (object? value in values)
            builder.AppendValue(value is decimal number ? Decimal(number, ((DecimalType)type).Scale) : value);
        return builder.Build();
    }

    private static DecimalValue Decimal(decimal value, int scale) => new((BigInteger)(value * (decimal)Math.Pow(10, scale)), scale);
}
