using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Tests.Fixtures;
using Varve.Query.Tests.Fixtures.Doubles;

namespace Varve.Query.Tests.Pruning;

/// <summary>Each kind of condition leaves out what it can: counted, since a condition that never does would give the same answers.</summary>
public sealed class ConditionTests(StepFixture fixture) : IClassFixture<StepFixture>
{
    [Theory]
    [InlineData("i = 5500", 1)]
    [InlineData("i > 5990 AND i < 6000", 1)]
    [InlineData("i BETWEEN 5990 AND 6010", 2)]
    [InlineData("i IN (5001, 5002, 5003)", 1)]
    [InlineData("i IN (5001, 5002, 5003, 5004, 5005, 5006, 5007)", 1)]
    [InlineData("i IN (3, 9000, 15999)", 3)]
    [InlineData("NOT (i < 5000 OR i >= 6000)", 1)]
    [InlineData("NOT (i NOT BETWEEN 5000 AND 5999)", 1)]
    [InlineData("i IS NOT DISTINCT FROM 5500", 1)]
    [InlineData("(i > 15000) = true", 1)]
    [InlineData("i > 14999.5", 1)]
    [InlineData("i < 999.5::DECIMAL(20, 1)", 1)]
    [InlineData("i < 1000", 1)]
    [InlineData("i <= 1000", 2)]
    [InlineData("i > 14999", 1)]
    [InlineData("i >= 14999", 2)]
    [InlineData("small = 36", 1)]
    [InlineData("small > 104", 1)]
    [InlineData("small <> 3 AND small < 7", 1)]
    [InlineData("real = 5.25", 1)]
    [InlineData("real >= 15", 1)]
    [InlineData("real > 15", 1)]
    [InlineData("real < 1", 1)]
    [InlineData("single BETWEEN 5 AND 5.4::FLOAT", 1)]
    [InlineData("single < 0.5::DOUBLE", 1)]
    [InlineData("ok", 1)]
    [InlineData("ok = true", 1)]
    [InlineData("ok IS TRUE", 1)]
    [InlineData("NOT (NOT ok)", 1)]
    [InlineData("NOT ok", 15)]
    [InlineData("ok = false", 15)]
    [InlineData("ok IS NOT TRUE", 15)]
    [InlineData("money = 5.25", 1)]
    [InlineData("money > 15.005", 1)]
    [InlineData("money IN (0.01, 5.25)", 2)]
    [InlineData("wide BETWEEN 5.001 AND 5.002", 1)]
    [InlineData("wide > 123456789012345678901234.5", 0)]
    [InlineData("clock = TIME '01:23:25'", 1)]
    [InlineData("clock >= TIME '04:10:00'", 1)]
    [InlineData("day = DATE '2022-01-13'", 1)]
    [InlineData("day < TIMESTAMP '2022-01-09 12:00:00'", 2)]
    [InlineData("moment = TIMESTAMPTZ '2023-11-14 23:36:45+00'", 1)]
    [InlineData("moment = TIMESTAMPTZ '2023-11-14 23:36:45.5+00'", 0)]
    [InlineData("moment >= TIMESTAMPTZ '2023-11-15 02:23:20+00'", 1)]
    [InlineData("name = 'name-05-3'", 1)]
    [InlineData("name > 'name-14-9' AND name <> 'x'", 1)]
    [InlineData("name LIKE 'name-05%'", 1)]
    [InlineData("starts_with(name, 'name-05')", 1)]
    [InlineData("name LIKE 'name-0_-1' AND name >= 'name-05'", 5)]
    [InlineData("name IN ('name-05-1', 'name-07-1')", 2)]
    [InlineData("name IN ('name-05-1', 'name-07-1', 'a', 'b', 'c', 'd', 'e')", 2)]
    [InlineData("name NOT LIKE 'name-0%' AND name < 'name-11'", 1)]
    [InlineData("name NOT LIKE 'name-%'", 0)]
    [InlineData("blob = '\\x05\\x01'::BLOB", 1)]
    [InlineData("blob >= '\\x0F'::BLOB", 1)]
    [InlineData("gap IS NULL", 1)]
    [InlineData("gap IS DISTINCT FROM 3 AND gap IS NULL", 1)]
    [InlineData("rare IS NOT NULL", 1)]
    [InlineData("rare = 1", 1)]
    [InlineData("rare > 0 OR rare < 0", 1)]
    [InlineData("items IS NULL", 16)]
    [InlineData("mixed = 'find the needle here'", 1)]
    [InlineData("mixed IN ('find the needle here', 'no such hay')", 1)]
    [InlineData("plain = 'needle number 5007'", 1)]
    [InlineData("i = NULL", 0)]
    [InlineData("i NOT IN (1, NULL)", 0)]
    [InlineData("i IN (5500, NULL)", 1)]
    [InlineData("_offset = 5500", 1)]
    [InlineData("_offset BETWEEN 5999 AND 6000", 2)]
    [InlineData("_time < TIMESTAMPTZ '2000-01-01 00:00:00+00'", 0)]
    [InlineData("i = 5500 OR name = 'name-07-1'", 2)]
    [InlineData("i % 2 = 0 AND i < 1000", 1)]
    [InlineData("i < 1000 OR i % 4000 = 0", 16)]
    [InlineData("lower(name) = 'name-05-3'", 16)]
    public async Task Reads_only_the_blocks_that_may_hold_a_row(string condition, long blocks)
    {
        (_, ScanStatistics scan) = await fixture.AskAsync($"SELECT count(*), sum(i) FROM s WHERE {condition}");
        Assert.Equal(blocks, scan.BlocksRead);
    }

    [Fact]
    public async Task Segments_that_their_bounds_leave_out_are_not_opened()
    {
        IReadOnlyList<SegmentDouble> segments = fixture.Reopen();
        await using QueryResult result = await fixture.Engine.ExecuteAsync("SELECT sum(load) FROM s WHERE name = 'name-05-3'");
        Assert.Equal([false, false, true, false, false, false, false, false], segments.Select(s => s.IsOpened));
        Assert.Equal((1, 7, 1, 1), (result.Scan.GroupsRead, result.Scan.GroupsPruned, result.Scan.BlocksRead, result.Scan.BlocksPruned));
    }

    [Fact]
    public async Task First_rows_open_the_segments_alone_that_may_hold_them()
    {
        IReadOnlyList<SegmentDouble> segments = fixture.Reopen();
        await using QueryResult result = await fixture.Engine.ExecuteAsync("SELECT i, name FROM s ORDER BY i DESC LIMIT 7");
        Assert.Equal([false, false, false, false, false, false, false, true], segments.Select(s => s.IsOpened));
    }

    [Theory]
    [InlineData("SELECT i FROM s ORDER BY i DESC LIMIT 10", 1)]
    [InlineData("SELECT i FROM s ORDER BY i LIMIT 10 OFFSET 995", 2)]
    [InlineData("SELECT i FROM s ORDER BY name DESC, i LIMIT 10", 1)]
    [InlineData("SELECT i FROM s ORDER BY money LIMIT 1", 1)]
    [InlineData("SELECT i FROM s ORDER BY _offset DESC LIMIT 1", 1)]
    [InlineData("SELECT i FROM s ORDER BY rare NULLS LAST, i LIMIT 1", 1)]
    [InlineData("SELECT i FROM s ORDER BY gap NULLS FIRST, i LIMIT 1", 16)]
    [InlineData("SELECT i FROM s WHERE load % 2 = 0 ORDER BY i DESC LIMIT 10", 16)]
    [InlineData("SELECT i FROM s WHERE i < 5000 ORDER BY i DESC LIMIT 10", 5)]
    [InlineData("SELECT max(i) FROM s", 1)]
    [InlineData("SELECT max(i), max(_offset), min(i) FROM s", 2)]
    [InlineData("SELECT min(name), max(money) FROM s", 2)]
    [InlineData("SELECT max(rare) FROM s", 1)]
    [InlineData("SELECT max(i), count(*) FROM s", 16)]
    [InlineData("SELECT max(i) FROM s WHERE load % 2 = 0", 16)]
    [InlineData("SELECT max(i) FILTER (WHERE load > 3) FROM s", 16)]
    [InlineData("SELECT max(i) FROM s GROUP BY ok", 16)]
    [InlineData("SELECT (SELECT max(i) FROM s), (SELECT min(i) FROM s)", 4)]
    public async Task First_rows_and_extremes_read_what_may_hold_them(string sql, long blocks)
    {
        (_, ScanStatistics scan) = await fixture.AskAsync(sql);
        Assert.Equal(blocks, scan.BlocksRead);
    }

    [Theory]
    [InlineData("mixed LIKE '%needle%'", 2)]
    [InlineData("mixed LIKE 'find%'", 2)]
    [InlineData("mixed LIKE '%here'", 2)]
    [InlineData("mixed LIKE 'f%need_e%'", 2)]
    [InlineData("mixed LIKE 'f!i%' ESCAPE '!'", 2)]
    [InlineData("plain LIKE 'needle%'", 1)]
    [InlineData("contains(plain, 'edle')", 1)]
    [InlineData("i = 5500 AND load = 500", 1)]
    [InlineData("load IN (1, 2)", 32)]
    [InlineData("load IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", 160)]
    [InlineData("small = 36", 143)]
    [InlineData("real = 5.25", 1)]
    [InlineData("single = 5.25::FLOAT", 1)]
    [InlineData("wide = 5.001", 1)]
    [InlineData("clock = TIME '01:23:25'", 1)]
    [InlineData("moment = TIMESTAMPTZ '2023-11-14 23:36:45+00'", 1)]
    [InlineData("blob = '\\x05\\x01'::BLOB", 333)]
    [InlineData("gap IS NULL", 1)]
    [InlineData("rare IS NOT NULL", 1)]
    [InlineData("_offset IN (5500, 7000)", 2)]
    [InlineData("(load = 7 AND name = 'name-05-7') OR mixed LIKE '%needle%'", 3)]
    [InlineData("load = 7 AND i % 2 = 1", 16)]
    public async Task Rows_that_do_not_matter_are_not_handed_over(string condition, long handedOver)
    {
        (_, ScanStatistics scan) = await fixture.AskAsync($"SELECT count(*), sum(i) FROM s WHERE {condition}");
        Assert.Equal(handedOver, scan.RowsHandedOver);
        Assert.Equal((scan.BlocksRead * StepFixture.BlockRows) - handedOver, scan.RowsDropped);
    }

    [Fact]
    public async Task A_condition_that_drops_little_is_given_up()
    {
        (_, ScanStatistics scan) = await fixture.AskAsync("SELECT sum(i) FROM s WHERE load <> 3");
        Assert.Equal(StepFixture.BlockCount, scan.BlocksRead);
        Assert.InRange(scan.RowsDropped, 0, 2);
    }

    [Theory]
    [InlineData("SELECT count(*) FROM s", 0)]
    [InlineData("SELECT count(_offset), sum(_offset) FROM s", 0)]
    [InlineData("SELECT sum(i), max(load) FROM s", 32)]
    [InlineData("SELECT count(*) FROM s WHERE mixed LIKE '%needle%'", 16)]
    [InlineData("SELECT sum(load), max(items), sum(small) FROM s WHERE mixed LIKE '%needle%'", 19)]
    [InlineData("SELECT sum(load), max(items) FROM s WHERE mixed LIKE '%nothing%'", 16)]
    [InlineData("SELECT * EXCLUDE (_time) FROM s WHERE _offset = 5500", 18)]
    [InlineData("SELECT sum(load) FROM s WHERE i = 5500 AND mixed LIKE '%nothing%'", 2)]
    public async Task Columns_are_decoded_where_rows_are_left(string sql, long columns)
    {
        (_, ScanStatistics scan) = await fixture.AskAsync(sql);
        Assert.Equal(columns, scan.ColumnsDecoded);
    }

    [Theory]
    [InlineData("i = $1", "int64")]
    [InlineData("name = $1", "text")]
    [InlineData("money = $1", "decimal")]
    [InlineData("ok = $1 AND i < 6000", "bool")]
    [InlineData("clock = $1", "time")]
    [InlineData("moment = $1", "moment")]
    [InlineData("name LIKE $1", "pattern")]
    public async Task Parameters_of_the_columns_own_type_count_as_constants(string condition, string kind)
    {
        (ArrowType type, object value) = kind switch
        {
            "int64" => ((ArrowType)ArrowTypes.Int64, (object)5500L),
            "text" => (ArrowTypes.Utf8, "name-05-3"),
            "decimal" => (new DecimalType(9, 2, 128), new DecimalValue(525, 2)),
            "bool" => (ArrowTypes.Boolean, true),
            "time" => (new TimeType(TimeUnit.Millisecond), 5005_000),
            "moment" => (new TimestampType(TimeUnit.Millisecond, "UTC"), 1_700_005_005_000L),
            _ => (ArrowTypes.Utf8, "name-05%"),
        };
        var parameters = new QueryParameters(TestArrays.Batch(("$1", type, [value])));
        (string value2, ScanStatistics scan) = await fixture.AskAsync($"SELECT min(i // 1000) FROM s WHERE {condition}", parameters);
        Assert.Equal("5", value2);
        Assert.Equal(1, scan.BlocksRead);
    }

    [Fact]
    public async Task A_parameter_of_another_type_leaves_nothing_out()
    {
        var parameters = new QueryParameters(TestArrays.Batch(("$1", ArrowTypes.Utf8, ["5500"])));
        (string value, ScanStatistics scan) = await fixture.AskAsync("SELECT count(*) FROM s WHERE i = $1", parameters);
        Assert.Equal(("1", 16L), (value, scan.BlocksRead));
    }
}
