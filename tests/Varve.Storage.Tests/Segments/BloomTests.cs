using Varve.Arrow;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Bloom;
using Varve.Storage.Zones;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments;

public class BloomTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void The_hash_is_XXH64(string text, ulong expected) => Assert.Equal(expected, ValueHash.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Whole_numbers_are_hashed_as_eight_bytes()
    {
        foreach (long value in (long[])[0, 1, -1, long.MinValue, 0x0102030405060708])
            Assert.Equal(ValueHash.Of(BitConverter.GetBytes(value)), ValueHash.Of(value));
    }

    [Theory]
    [InlineData("int64", false)]
    [InlineData("int64", true)]
    [InlineData("uint64", false)]
    [InlineData("utf8", true)]
    [InlineData("utf8_view", false)]
    [InlineData("fixed_size_binary[16]", true)]
    public void What_is_there_is_found_and_what_is_not_hardly_ever(string type, bool withNulls)
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        Schema schema = new([new Field("id", TypeNames.Parse(type))]);
        object?[][] blocks = [.. Enumerable.Range(0, 3).Select(b => Values(random, type, 5_000 + (b * 1_000), withNulls))];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(new MemorySource(
            schema, [.. blocks.Select(values => Rows.Batch(schema, [.. values.Select(v => (object?[])[v])]))]));
        Assert.True(file.Describe()[0].BloomBytes > 0);
        for (int block = 0; block < blocks.Length; block++)
            Assert.All(blocks[block].Where(v => v is not null), v => Assert.True(file.MayHold(block, 0, Zone(v!))));
        int wrong = Values(random, type, 10_000, withNulls: false).Count(v => file.MayHold(1, 0, Zone(v!)));
        Assert.InRange(wrong, 0, 300);
    }

    [Fact]
    public void A_look_at_one_value_reads_one_short_page_for_all_blocks()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        Schema schema = new([new Field("id", ArrowTypes.Int64)]);
        long[][] blocks = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 60_000).Select(_ => random.NextInt64()).ToArray())];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(new MemorySource(
            schema, [.. blocks.Select(values => Rows.Batch(schema, [.. values.Select(v => (object?[])[v])]))]));
        file.Block(0);
        (long pages, long bytes) = (folder.Meter.PagesRead, folder.Meter.BytesRead);
        for (int block = 0; block < blocks.Length; block++)
            file.MayHold(block, 0, Zone(blocks[0][17]));
        Assert.Equal(pages + 1, folder.Meter.PagesRead);
        Assert.InRange(folder.Meter.BytesRead - bytes, 4_000, 24_000);
    }

    [Theory]
    [InlineData("rising", "int64")]
    [InlineData("small", "int64")]
    [InlineData("repeated", "int64")]
    [InlineData("rising", "utf8")]
    public void Where_bounds_or_a_dictionary_tell_as_much_there_are_none(string what, string type)
    {
        Random random = new(7);
        Schema schema = new([new Field("id", TypeNames.Parse(type))]);
        long[] values = [.. Enumerable.Range(0, 20_000).Select(i => what switch
        {
            "rising" => (i * 1_000_003L) + random.Next(1_000),
            "small" => random.Next(100_000),
            _ => 1_000_000_007L * (i % 500),
        })];
        object?[] rows = [.. values.Select(v => type == "utf8" ? $"{v:D19}" : (object?)v)];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(new MemorySource(
            schema, [.. rows.Chunk(5_000).Select(block => Rows.Batch(schema, [.. block.Select(v => (object?[])[v])]))]));
        Assert.Equal(0, file.Describe()[0].BloomBytes);
        Assert.True(file.MayHold(0, 0, Zone(rows[3]!)));
    }

    private static object?[] Values(Random random, string type, int count, bool withNulls) =>
        [.. Enumerable.Range(0, count).Select(_ => withNulls && random.Next(5) == 0 ? null : Value(random, type))];

    private static object Value(Random random, string type) => type switch
    {
        "int64" => random.NextInt64(long.MinValue, long.MaxValue),
        "uint64" => (ulong)random.NextInt64() * 2,
        "fixed_size_binary[16]" => Bytes(random, 16),
        _ => Convert.ToHexString(Bytes(random, 12)),
    };

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static ZoneValue Zone(object value) => value switch
    {
        long number => ZoneValue.Of(number),
        ulong number => ZoneValue.Of(number),
        string text => ZoneValue.OfBytes(System.Text.Encoding.UTF8.GetBytes(text)),
        _ => ZoneValue.OfBytes((byte[])value),
    };
}
