using Varve.Arrow;
using Varve.Query.Tests.Fixtures;
using Varve.Query.Types;

namespace Varve.Query.Tests.Types;

/// <summary>Schemas that a client can make and nobody expects: their views work or leave columns out, and no other stream suffers.</summary>
public sealed class OddSchemaTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    [Fact]
    public Task Four_thousand_columns() => WorksAsync("wide", [.. Enumerable.Range(0, 4096).Select(i => new Field($"c{i}", ArrowTypes.Int32))]);

    [Fact]
    public Task Thirty_levels_of_lists() => WorksAsync("deep", [new Field("c", Nest(30, t => new ListType(new Field("item", t))))]);

    [Fact]
    public Task Thirty_levels_of_structs() => WorksAsync("nested", [new Field("c", Nest(30, t => new StructType([new Field("f", t)])))]);

    [Fact]
    public Task Keys_of_maps_that_are_lists_and_structs() => WorksAsync(
        "keyed",
        [
            new Field("c", Map(new ListType(new Field("item", ArrowTypes.Utf8)))),
            new Field("d", Map(new StructType([new Field("f", ArrowTypes.Float64)]))),
        ]);

    [Fact]
    public Task Lists_of_many_thousand_elements() => WorksAsync(
        "long", [new Field("c", new FixedSizeListType(new Field("item", ArrowTypes.Int8), 60_000))]);

    [Theory]
    [InlineData(1536, "FLOAT[1536]")]
    [InlineData(5000, "FLOAT[]")]
    public async Task Lists_of_one_length_are_arrays_unless_they_are_long(int size, string sql)
    {
        string stream = $"vectors{size}";
        object?[] Row(int row) => [.. Enumerable.Range(0, size).Select(i => (object?)(float)(row + i))];
        object?[] values = [Row(1), null, .. Enumerable.Range(2, 100).Select(Row)];
        await fixture.CreateAsync(stream, TestArrays.Batch(("c", new FixedSizeListType(new Field("item", ArrowTypes.Float32), size), values)));
        Assert.Equal(sql, StreamSqlMapping.Describe(fixture.Storage.Describe(stream).Schema)[0].SqlType);
        Assert.Equal(sql, await fixture.Engine.OneAsync($"SELECT DISTINCT typeof(c) FROM {stream}"));
        Assert.Equal($"1|101|{100 + size}", await fixture.Engine.OneAsync(
            $"SELECT count(*) - count(c), max(c[1])::INT, max(c[{size}])::INT FROM {stream}"));
    }

    [Fact]
    public void All_arrays_of_a_stream_together_are_bounded()
    {
        var type = new FixedSizeListType(new Field("item", ArrowTypes.Float64), 1024);
        IReadOnlyList<SqlColumn> columns = StreamSqlMapping.Describe(new Schema([.. Enumerable.Range(0, 20).Select(i => new Field($"c{i}", type))]));
        Assert.Equal(8, columns.Count(c => c.SqlType == "DOUBLE[1024]"));
        Assert.Equal(12, columns.Count(c => c.SqlType == "DOUBLE[]"));
    }

    [Fact]
    public async Task Rows_with_very_long_lists_come_a_few_at_a_time()
    {
        object?[] elements = [.. Enumerable.Range(0, 300_000).Select(i => (object?)(i % 3 == 0 ? null : (long)i))];
        object?[] rows = [elements, null, elements, Array.Empty<object?>(), elements, elements];
        await fixture.CreateAsync("lists", TestArrays.Batch(("c", new ListType(new Field("item", ArrowTypes.Int64)), rows)));
        Assert.Equal(
            $"5|{4 * 300_000}|{4 * 200_000}|{4 * elements.Sum(e => (long?)e ?? 0)}",
            await fixture.Engine.OneAsync("SELECT count(c), sum(len(c)), sum(list_count(c)), sum(list_sum(c)) FROM lists"));
    }

    [Fact]
    public Task Names_with_quotes_dots_and_words_of_sql() => WorksAsync(
        "named", [.. ((string[])["a\"b", "select", "x.y", "日本", "'); DROP"]).Select(name => new Field(name, ArrowTypes.Int32))]);

    [Theory]
    [InlineData("a\0b", "a\0c")]
    [InlineData("", "b")]
    [InlineData("x", "X")]
    public async Task Fields_of_structs_whose_names_sql_cannot_tell_apart_are_left_out(string first, string second)
    {
        string stream = $"fields{first.Length}{second[^1]}";
        var type = new StructType([new Field(first, ArrowTypes.Int32), new Field(second, ArrowTypes.Int32)]);
        await fixture.Storage.CreateStreamAsync(stream, new Schema([new Field("c", type), new Field("d", ArrowTypes.Int32)]));
        Assert.NotNull(StreamSqlMapping.Describe(fixture.Storage.Describe(stream).Schema)[0].Problem);
        Assert.Equal(["d", "_offset", "_time"], await fixture.Engine.ReadAsync($"SELECT column_name FROM (DESCRIBE {stream})"));
    }

    private async Task WorksAsync(string stream, Field[] fields)
    {
        await fixture.CreateAsync(stream, TestArrays.Batch([.. fields.Select(f => (f.Name, f.Type, new object?[] { null, null }))]));
        Assert.Equal(2, (await fixture.Engine.ReadAsync($"SELECT * FROM \"{stream}\"")).Length);
        Assert.Equal((fields.Length + 2).ToString(), await fixture.Engine.OneAsync(
            $"SELECT count(*) FROM information_schema.columns WHERE table_name = '{stream}'"));
    }

    private static ArrowType Nest(int levels, Func<ArrowType, ArrowType> wrap) => levels == 0 ? ArrowTypes.Int32 : wrap(Nest(levels - 1, wrap));

    private static MapType Map(ArrowType key) =>
        new(new Field("entries", new StructType([new Field("key", key, false), new Field("value", ArrowTypes.Int32)]), false), false);
}
