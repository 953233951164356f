using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Dictionaries;
using Varve.Storage.Zones;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments;

public class DictionaryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("utf8")]
    [InlineData("large_utf8")]
    [InlineData("utf8_view")]
    [InlineData("binary")]
    [InlineData("binary_view")]
    public void Repeated_values_are_kept_once_in_the_order_of_their_bytes(string type)
    {
        string?[] texts = [.. Enumerable.Range(0, 3_000).Select(i => i % 7 == 0 ? null : $"host-{i * 7919 % 100:D3}.example.net")];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(Column(TypeNames.Parse(type), texts, 1_000));
        ArrayData first = file.Column(0, 0, null);
        Assert.Equal(ArrowTypes.UInt16, ((DictionaryType)first.Type).IndexType);
        Assert.Same(first.Dictionary, file.Column(2, 0, new BlockBuffers()).Dictionary);
        string[] values = [.. Enumerable.Range(0, first.Dictionary!.Length).Select(i => Text(first.Dictionary, i))];
        Assert.Equal(texts.OfType<string>().Distinct().Order(StringComparer.Ordinal), values);
        Assert.StartsWith("dict", file.Describe()[0].Encodings[0].Encoding, StringComparison.Ordinal);
        Assert.Equal(100, file.Describe()[0].DictionaryValues);
    }

    [Fact]
    public void More_than_65536_values_have_codes_of_four_bytes()
    {
        string[] texts = [.. Enumerable.Range(0, 3 * 65_537).Select(i => $"{i % 65_537}")];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(Column(ArrowTypes.Utf8, texts, 65_536));
        ArrayData last = file.Column(3, 0, null);
        Assert.Equal(ArrowTypes.Int32, ((DictionaryType)last.Type).IndexType);
        Assert.Equal(texts[^1], ArrayReader.GetString(DictionaryDecoder.Flatten(last), last.Length - 1));
    }

    [Fact]
    public void Distinct_values_are_kept_as_they_are()
    {
        Random random = new(5);
        string[] texts = [.. Enumerable.Range(0, 4_000).Select(_ => Convert.ToHexString(BitConverter.GetBytes(random.NextInt64())))];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(Column(ArrowTypes.Utf8, texts, 1_000));
        Assert.Equal(ArrowTypes.Utf8, file.Column(1, 0, null).Type);
        Assert.Equal(0, file.Describe()[0].DictionaryValues);
    }

    [Fact]
    public void A_dictionary_tells_exactly_which_values_a_segment_has()
    {
        string[] texts = [.. Enumerable.Range(0, 2_000).Select(i => $"value {i % 50 * 2:D3}")];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(Column(ArrowTypes.Utf8, texts, 1_000));
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(i % 2 == 0, file.MayHold(0, 0, Value($"value {i:D3}"))));
    }

    [Fact]
    public void The_bounds_of_a_block_are_those_of_its_own_values()
    {
        string[] texts = [.. Enumerable.Range(0, 2_000).Select(i => $"{(char)('a' + (i / 1_000))}{i % 10}")];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(Column(ArrowTypes.Utf8, texts, 1_000));
        Assert.Equal(new Zone(Value("b0"), Value("b9"), HasNulls: false), file.ZoneOf(1, 0));
        Assert.False(file.MayHold(1, 0, Value("a3")));
        Assert.Equal(new Zone(Value("a0"), Value("b9"), HasNulls: false), file.Info.Zones[0]);
    }

    [Fact]
    public void A_block_of_nulls_alone_has_no_bounds_and_no_values()
    {
        string?[] texts = [.. Enumerable.Range(0, 2_000).Select(i => i < 1_000 ? $"value {i % 5}" : null)];
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(Column(ArrowTypes.Utf8, texts, 1_000));
        Assert.True(file.ZoneOf(1, 0)!.Value.IsEmpty);
        Assert.False(file.MayHold(1, 0, Value("value 1")));
        Assert.Equal(1_000, file.Column(1, 0, null).NullCount);
    }

    [Fact]
    public void Values_are_sorted_by_their_bytes_whatever_they_begin_with()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int round = 0; round < 200; round++)
        {
            byte[][] values = RandomValues(random);
            ValueTable table = new();
            Assert.True(table.TryAdd(Bytes(values), new int[values.Length]));
            byte[][] sorted = [.. ByteOrder.Sort(table).Select(i => table[i].ToArray())];
            byte[][] expected = [.. values.DistinctBy(Convert.ToHexString).Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))];
            Assert.Equal(expected, sorted);
        }
    }

    /// <summary>Long common beginnings, zeros at the end, values that are the beginning of others.</summary>
    private static byte[][] RandomValues(Random random)
    {
        byte[] common = new byte[random.Next(20)];
        return [.. Enumerable.Range(0, random.Next(1, 120)).Select(_ =>
        {
            byte[] own = new byte[random.Next(random.Next(1, 40))];
            for (int i = 0; i < own.Length; i++)
                own[i] = (byte)(random.Next(3) * random.Next(2) * 127);
            return (byte[])[.. common, .. own];
        })];
    }

    private static ArrayData Bytes(byte[][] values)
    {
        ArrayBuilder builder = ArrayBuilder.Create(ArrowTypes.Binary);
        foreach (byte[] value in values)
            builder.AppendValue(value);
        return builder.Build();
    }

    private static MemorySource Column(ArrowType type, string?[] texts, int blockRows)
    {
        Schema schema = new([new Field("text", type)]);
        return new MemorySource(schema, [.. texts.Chunk(blockRows).Select(Block)]);

        RecordBatch Block(string?[] block) => Rows.Batch(schema, [.. block.Select(t => (object?[])[Value(type, t)])]);
    }

    private static object? Value(ArrowType type, string? text) =>
        text is null || type is Utf8Type or LargeUtf8Type or Utf8ViewType ? text : System.Text.Encoding.UTF8.GetBytes(text);

    private static string Text(ArrayData array, int row) => System.Text.Encoding.UTF8.GetString(ArrayReader.GetBytes(array, row));

    private static ZoneValue Value(string text) => ZoneValue.OfBytes(System.Text.Encoding.UTF8.GetBytes(text));
}
