using Varve.Arrow;
using Varve.Query.Tests.Fixtures;
using Varve.Storage;

namespace Varve.Query.Tests.Sessions;

/// <summary>Streams as tables: found, named, described and changed.</summary>
public sealed class CatalogTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    private static readonly Schema OneColumn = new([new Field("a", ArrowTypes.Int64)]);

    [Theory]
    [InlineData("sensors.room-1")]
    [InlineData("plant/line.2/cell_3")]
    [InlineData("select")]
    [InlineData("9lives")]
    [InlineData("MixedCase")]
    [InlineData("sqlite_master")]
    [InlineData("pg_class")]
    public async Task Any_name_of_a_stream_is_a_table_in_quotes(string name)
    {
        await fixture.CreateAsync(name, TestArrays.Batch(("a", ArrowTypes.Int64, [7L])));
        Assert.Equal("7", await fixture.Engine.OneAsync($"SELECT a FROM \"{name}\""));
        Assert.Equal("7", await fixture.Engine.OneAsync($"SELECT a FROM varve.main.\"{name}\""));
        Assert.Equal("7", await fixture.Engine.OneAsync($"SELECT a FROM \"{name.ToUpperInvariant()}\""));
        Assert.Equal($"varve|main|{name}|VIEW", await fixture.Engine.OneAsync(
            $"SELECT table_catalog, table_schema, table_name, table_type FROM information_schema.tables WHERE table_name = '{name}'"));
    }

    [Fact]
    public async Task Star_shows_the_columns_then_offset_and_time()
    {
        await fixture.CreateAsync("starred", TestArrays.Batch(("a", ArrowTypes.Int64, [7L]), ("B", ArrowTypes.Utf8, ["x"])));
        Assert.Equal(
            ["a|BIGINT", "B|VARCHAR", "_offset|BIGINT", "_time|TIMESTAMP WITH TIME ZONE"],
            await fixture.Engine.ReadAsync("SELECT column_name, column_type FROM (DESCRIBE starred)"));
        Assert.Equal(
            ["a|BIGINT|1", "B|VARCHAR|2", "_offset|BIGINT|3", "_time|TIMESTAMP WITH TIME ZONE|4"],
            await fixture.Engine.ReadAsync(
                "SELECT column_name, data_type, ordinal_position FROM information_schema.columns "
                + "WHERE table_name = 'starred' ORDER BY ordinal_position"));
        Assert.Equal("a: int64, B: utf8, _offset: int64, _time: timestamp[us, UTC]",
            (await fixture.Engine.PrepareAsync("FROM starred")).ResultSchema!.ToString());
    }

    [Fact]
    public async Task Streams_and_columns_are_seen_as_soon_as_they_exist_and_no_longer_than_that()
    {
        Assert.Equal(QueryErrorCode.NotFound, (await fixture.Engine.FailAsync("SELECT * FROM changing")).Code);
        await fixture.Storage.CreateStreamAsync("changing", OneColumn);
        Assert.Equal("0", await fixture.Engine.OneAsync("SELECT count(*) FROM changing"));
        await fixture.Storage.AppendAsync("changing", TestArrays.Batch(("a", ArrowTypes.Int64, [1L])));
        Assert.Equal("1|0", await fixture.Engine.OneAsync("SELECT a, _offset FROM changing"));

        await fixture.Storage.AddColumnsAsync(
            "changing", [new Field("b", ArrowTypes.Utf8), new Field("l", new ListType(new Field("item", ArrowTypes.Int32)))]);
        await fixture.Storage.AppendAsync("changing", TestArrays.Batch(("b", ArrowTypes.Utf8, ["new"]), ("a", ArrowTypes.Int64, [2L])));
        Assert.Equal(["1|null|null|0", "2|new|null|1"], await fixture.Engine.ReadAsync("SELECT * EXCLUDE (_time) FROM changing ORDER BY _offset"));
        Assert.Equal("5", await fixture.Engine.OneAsync("SELECT count(*) FROM information_schema.columns WHERE table_name = 'changing'"));

        await fixture.Storage.DropStreamAsync("changing");
        Assert.Equal(QueryErrorCode.NotFound, (await fixture.Engine.FailAsync("SELECT * FROM changing")).Code);
        await fixture.CreateAsync("changing", TestArrays.Batch(("z", ArrowTypes.Float64, [0.5])));
        Assert.Equal("0.5|0", await fixture.Engine.OneAsync("SELECT z, _offset FROM changing"));
    }

    [Fact]
    public async Task A_name_that_is_not_known_is_shown_with_its_place()
    {
        QueryException table = await fixture.Engine.FailAsync("SELECT 1\nFROM no_such_stream");
        Assert.Equal(QueryErrorCode.NotFound, table.Code);
        Assert.Contains("no_such_stream does not exist", table.Message, StringComparison.Ordinal);
        Assert.Contains("LINE 2: FROM no_such_stream\n             ^", table.Message, StringComparison.Ordinal);

        await fixture.CreateAsync("known", TestArrays.Batch(("a", ArrowTypes.Int64, [1L])));
        QueryException column = await fixture.Engine.FailAsync("SELECT nope FROM known");
        Assert.Equal(QueryErrorCode.InvalidStatement, column.Code);
        Assert.Contains("nope", column.Message, StringComparison.Ordinal);
        Assert.Equal(QueryErrorCode.Syntax, (await fixture.Engine.FailAsync("SELEC 1")).Code);
        Assert.Equal(QueryErrorCode.NotFound, (await fixture.Engine.FailAsync("SELECT * FROM scan_stream('no_such_stream')")).Code);
        Assert.Equal(QueryErrorCode.Syntax, (await fixture.Engine.FailAsync("  -- nothing")).Code);
    }

    [Fact]
    public async Task Every_acknowledged_row_is_seen_at_once()
    {
        await fixture.Storage.CreateStreamAsync("followed", OneColumn);
        for (long i = 0; i < 50; i++)
        {
            AppendResult appended = await fixture.Storage.AppendAsync("followed", TestArrays.Batch(("a", ArrowTypes.Int64, [i])));
            await using QueryResult result = await fixture.Engine.ExecuteAsync("SELECT count(*) FROM followed");
            Assert.True(result.Position >= appended.Position);
            Assert.Equal((i + 1).ToString(), await fixture.Engine.OneAsync("SELECT count(*) FROM followed"));
        }
    }

    [Fact]
    public async Task All_mentions_of_a_stream_in_a_statement_see_the_same_rows_while_it_grows()
    {
        await fixture.Storage.CreateStreamAsync("growing", OneColumn);
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(async () =>
        {
            RecordBatch rows = TestArrays.Batch(("a", ArrowTypes.Int64, [.. Enumerable.Range(0, 100).Select(i => (object?)(long)i)]));
            while (!stop.IsCancellationRequested)
                await fixture.Storage.AppendAsync("growing", rows);
        });
        long last = 0;
        for (int i = 0; i < 60; i++)
        {
            string[] counts = (await fixture.Engine.OneAsync(
                "SELECT (SELECT count(*) FROM growing), (SELECT max(_offset) + 1 FROM growing), (SELECT count(*) FROM scan_stream('GROWING')), "
                + "(SELECT count(*) FROM growing x JOIN growing y USING (_offset))")).Split('|');
            Assert.All(counts, c => Assert.Equal(counts[0], c == "null" ? "0" : c));
            long count = long.Parse(counts[0]);
            Assert.True(count >= last && count % 100 == 0, $"{count} rows after {last}");
            last = count;
        }

        await stop.CancelAsync();
        await writer;
        Assert.True(last > 0);
    }

    [Fact]
    public async Task Statements_and_changes_of_streams_go_on_at_the_same_time()
    {
        using var stop = new CancellationTokenSource();
        Task[] changers = [.. Enumerable.Range(0, 2).Select(n => Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await fixture.Storage.CreateStreamAsync($"brief{n}", OneColumn);
                await fixture.Storage.AddColumnsAsync($"brief{n}", [new Field("b", ArrowTypes.Int64)]);
                await fixture.Storage.DropStreamAsync($"brief{n}");
            }
        }))];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            for (int i = 0; i < 40; i++)
            {
                Assert.Equal("1", await fixture.Engine.OneAsync("SELECT 1"));
                Exception? error = await Record.ExceptionAsync(() => fixture.Engine.ReadAsync($"SELECT * FROM brief{n % 2}"));
                Assert.True(error is null or QueryException { Code: QueryErrorCode.NotFound }, error?.ToString());
            }
        })));
        await stop.CancelAsync();
        await Task.WhenAll(changers);
        Assert.Equal("0", await fixture.Engine.OneAsync("SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'brief%'"));
    }
}
