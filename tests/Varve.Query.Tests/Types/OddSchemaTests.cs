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
        "keyed", [new Field("c", Map(new ListType(new Field("item", ArrowTypes.Utf8)))), new Field("d", Map(new StructType([new Field("f", ArrowTypes.Float64)])))]);

    [Fact]
    public Task Lists_of_many_thousand_elements() => WorksAsync("long", [new Field("c", new FixedSizeListType(new Field("item", ArrowTypes.Int8), 60_000))]);

    [Fact]
    public Task Names_with_quotes_dots_and_words_of_sql() => WorksAsync(
        "named", [new Field("a\"b", ArrowTypes.Int32), new Field("select", ArrowTypes.Int32), new Field("x.y", ArrowTypes.Int32), new Field("日本", ArrowTypes.Int32), new Field("'); DROP", ArrowTypes.Int32)]);

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
        Assert.Equal((fields.Length + 2).ToString(), await fixture.Engine.OneAsync($"SELECT count(*) FROM information_schema.columns WHERE table_name = '{stream}'"));
    }

    private static ArrowType Nest(int levels, Func<ArrowType, ArrowType> wrap) => levels == 0 ? ArrowTypes.Int32 : wrap(Nest(levels - 1, wrap));

    private static MapType Map(ArrowType key) =>
        new(new Field("entries", new StructType([new Field("key", key, false), new Field("value", ArrowTypes.Int32)]), false), false);
}
