using System.Globalization;
using System.Numerics;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Values;

public class ArrayReaderTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("date32", 0, "1970-01-01")]
    [InlineData("date32", -719_528, "0000-01-01")]
    [InlineData("date32", -719_529, "-0001-12-31")]
    [InlineData("date32", 2_932_897, "+10000-01-01")]
    [InlineData("date32", int.MinValue, "-5877641-06-23")]
    [InlineData("date32", int.MaxValue, "+5881580-07-11")]
    [InlineData("date64", 86_400_000, "1970-01-02")]
    [InlineData("date64", 1, "1970-01-01T00:00:00.001")]
    [InlineData("time32[s]", 86_399, "23:59:59")]
    [InlineData("time32[ms]", 1, "00:00:00.001")]
    [InlineData("time64[us]", 1, "00:00:00.000001")]
    [InlineData("time64[ns]", 1, "00:00:00.000000001")]
    [InlineData("timestamp[s]", -1, "1969-12-31T23:59:59")]
    [InlineData("timestamp[ms]", -1, "1969-12-31T23:59:59.999")]
    [InlineData("timestamp[us, UTC]", 1_706_662_923_500_000, "2024-01-31T01:02:03.500000Z")]
    [InlineData("timestamp[ns, Europe/Berlin]", 0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData("timestamp[ns]", long.MinValue, "1677-09-21T00:12:43.145224192")]
    [InlineData("timestamp[s]", long.MaxValue, "+292277026596-12-04T15:30:07")]
    [InlineData("timestamp[s]", long.MinValue, "-292277022657-01-27T08:29:52")]
    [InlineData("duration[s]", 90, "PT90S")]
    [InlineData("duration[ns]", long.MinValue, "-PT9223372036.854775808S")]
    [InlineData("int64", long.MinValue, "-9223372036854775808")]
    public void Counts_are_formatted_as_iso_8601(string type, long count, string expected) => Assert.Equal(expected, Format(type, count));

    [Fact]
    public void Other_values_are_formatted_without_loss()
    {
        Assert.Equal("true", Format("bool", true));
        Assert.Equal("18446744073709551615", Format("uint64", ulong.MaxValue));
        Assert.Equal("0.1", Format("float32", 0.1f));
        Assert.Equal("0.1", Format("float64", 0.1));
        Assert.Equal("NaN", Format("float64", double.NaN));
        Assert.Equal("-Infinity", Format("float16", Half.NegativeInfinity));
        Assert.Equal("-0.05", Format("decimal32(3, 2)", -0.05m));
        Assert.Equal("12300", Format("decimal64(3, -2)", 12_300));
        Assert.Equal("-" + new string('9', 76), Format("decimal256(76, 0)", -(BigInteger.Pow(10, 76) - 1)));
        Assert.Equal("0." + new string('0', 75) + "1", Format("decimal256(76, 76)", new DecimalValue(1, 76)));
        Assert.Equal("a\nb", Format("utf8", "a\nb"));
        Assert.Equal("00ff", Format("binary_view", new byte[] { 0, 255 }));
        Assert.Equal("P1M2DT3.000000004S", Format("interval[month_day_nano]", new IntervalValue(1, 2, 3_000_000_004)));
        Assert.Equal("PT0S", Format("interval[day_time]", default(IntervalValue)));
        Assert.Equal("P-1M", Format("interval[year_month]", new IntervalValue(-1, 0, 0)));
        Assert.Equal("""["a",null]""", Format("list<utf8>", new[] { "a", null }));
        Assert.Equal("""{"a":1,"b":[]}""", Format("struct<a: int8, b: large_list<int8>>", new object?[] { 1, Array.Empty<object>() }));
        Assert.Equal("", Format("utf8", null));
    }

    [Fact]
    public void Typed_reads_convert_only_what_fits()
    {
        ArrayData big = Build("uint64", ulong.MaxValue);
        Assert.Equal(ulong.MaxValue, ArrayReader.GetUInt64(big, 0));
        Assert.Throws<OverflowException>(() => ArrayReader.GetInt64(big, 0));
        Assert.Throws<OverflowException>(() => ArrayReader.GetUInt64(Build("int8", -1), 0));
        Assert.Equal(-1, ArrayReader.GetInt64(Build("int8", -1), 0));
        Assert.Equal(1.5, ArrayReader.GetDouble(Build("float16", 1.5), 0));
        Assert.Equal(3.0, ArrayReader.GetDouble(Build("uint8", 3), 0));
        Assert.Throws<InvalidOperationException>(() => ArrayReader.GetInt64(Build("utf8", "1"), 0));
        Assert.Throws<InvalidOperationException>(() => ArrayReader.GetString(Build("utf8", null), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrayReader.GetString(Build("utf8", "x"), 1));
    }

    [Fact]
    public void Dictionaries_are_read_through()
    {
        DictionaryBuilder builder = new(new DictionaryType(ArrowTypes.UInt8, ArrowTypes.Utf8, false));
        foreach (string value in (string[])["a", "b", "a"])
            builder.Append(value);
        ArrayData array = builder.Build();
        Assert.Equal(2, array.Dictionary!.Length);
        Assert.Equal("a", ArrayReader.GetString(array, 2));
        Assert.Equal("b", ArrayReader.GetValue(array.Slice(1, 1), 0));
    }

    [Fact]
    public void Dates_are_those_of_dotnet_where_it_has_them()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int i = 0; i < 20_000; i++)
        {
            DateTime time = new(random.NextInt64(DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks));
            long ticks = time.Ticks - DateTime.UnixEpoch.Ticks;
            string text = time.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);
            Assert.Equal(text[..^1], TemporalText.Timestamp((long)Math.Floor(ticks / 10m), TimeUnit.Microsecond, isUtc: false));
            Assert.Null(TemporalParser.Timestamp(text.AsSpan(0, text.Length - 1), TimeUnit.Microsecond, hasZone: false, out long count));
            Assert.Equal((long)Math.Floor(ticks / 10m), count);
        }
    }

    [Fact]
    public void Every_count_of_a_unit_is_read_back_from_its_text()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int i = 0; i < 20_000; i++)
        {
            long count = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            foreach (TimeUnit unit in Enum.GetValues<TimeUnit>())
            {
                Assert.Null(TemporalParser.Timestamp(TemporalText.Timestamp(count, unit, isUtc: true), unit, hasZone: true, out long read));
                Assert.Equal(count, read);
            }

            Assert.Null(TemporalParser.DateMilliseconds(TemporalText.DateMilliseconds(count), out long milliseconds));
            Assert.Equal(count, milliseconds);
        }
    }

    [Fact]
    public void Decimals_are_read_back_from_their_text()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 32)];
            random.NextBytes(bytes);
            DecimalValue value = new(new BigInteger(bytes), random.Next(-20, 80));
            Assert.True(DecimalValue.TryParse(value.ToString(), out DecimalValue parsed), value.ToString());
            Assert.True(parsed.TryRescale(value.Scale, out BigInteger unscaled));
            Assert.Equal(value.Unscaled, unscaled);
            decimal number = new(random.Next(), random.Next(), random.Next(), random.Next(2) == 0, (byte)random.Next(29));
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), ((DecimalValue)number).ToString());
        }
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("+1.50", true)]
    [InlineData("-0.0e-5", true)]
    [InlineData(".5", true)]
    [InlineData("1.", false)]
    [InlineData("", false)]
    [InlineData("-", false)]
    [InlineData(".", false)]
    [InlineData("1e", false)]
    [InlineData("1e5.0", false)]
    [InlineData("1.-5", false)]
    [InlineData(".+5", false)]
    [InlineData("-.5", true)]
    [InlineData("-+5", false)]
    [InlineData("1.2.3", false)]
    [InlineData(" 1", false)]
    [InlineData("1_000", false)]
    [InlineData("0x1", false)]
    [InlineData("1e513", false)]
    public void Only_decimal_numbers_are_decimals(string text, bool isDecimal) => Assert.Equal(isDecimal, DecimalValue.TryParse(text, out _));

    [Fact]
    public void A_scale_beyond_all_reason_costs_neither_time_nor_memory()
    {
        DecimalValue tiny = new(5, int.MaxValue);
        Assert.Equal("5e-2147483647", tiny.ToString());
        Assert.False(tiny.TryRescale(0, out _));
        Assert.False(new DecimalValue(5, 0).TryRescale(int.MinValue, out _));
        Assert.True(new DecimalValue(0, 0).TryRescale(int.MinValue, out _));
    }

    private static string Format(string type, object? value) => ArrayReader.Format(Build(type, value), 0);

    private static ArrayData Build(string type, object? value)
    {
        ArrayBuilder builder = ArrayBuilder.Create(TypeNames.Parse(type));
        builder.AppendValue(value);
        return builder.Build();
    }
}
