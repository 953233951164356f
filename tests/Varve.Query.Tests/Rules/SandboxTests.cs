using Varve.Arrow;
using Varve.Query.Tests.Fixtures;
using Varve.Testing;

namespace Varve.Query.Tests.Rules;

/// <summary>What SQL must not reach. Each attempt ends with an error, and the engine goes on.</summary>
public sealed class SandboxTests(QueryFixture fixture) : IClassFixture<QueryFixture>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if (!fixture.Storage.TryDescribe("sandboxed", out _))
            await fixture.CreateAsync("sandboxed", TestArrays.Batch(("a", ArrowTypes.Int64, [1L])));
    }

    public async Task DisposeAsync() => Assert.Equal("1", await fixture.Engine.OneAsync("SELECT 1"));

    [Theory]
    [InlineData("CREATE TABLE t (a INT)")]
    [InlineData("CREATE TEMP TABLE t AS SELECT 1")]
    [InlineData("CREATE VIEW v AS SELECT 1")]
    [InlineData("CREATE MACRO f(a) AS a + 1")]
    [InlineData("CREATE SECRET s (TYPE s3)")]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("UPDATE t SET a = 1")]
    [InlineData("DELETE FROM t")]
    [InlineData("TRUNCATE t")]
    [InlineData("DROP VIEW v")]
    [InlineData("ALTER VIEW v RENAME TO w")]
    [InlineData("COMMENT ON VIEW v IS 'x'")]
    [InlineData("COPY (SELECT 1) TO '/tmp/varve-sandbox.csv'")]
    [InlineData("COPY t FROM '/etc/passwd'")]
    [InlineData("EXPORT DATABASE '/tmp/varve-sandbox'")]
    [InlineData("IMPORT DATABASE '/tmp/varve-sandbox'")]
    [InlineData("ATTACH ':memory:' AS other")]
    [InlineData("ATTACH '/tmp/varve-sandbox.duckdb'")]
    [InlineData("DETACH varve")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("PRAGMA table_info('x')")]
    [InlineData("PRAGMA enable_profiling")]
    [InlineData("SET threads = 1")]
    [InlineData("SET TimeZone = 'Europe/Berlin'")]
    [InlineData("SET VARIABLE a = 1")]
    [InlineData("RESET threads")]
    [InlineData("USE system.main")]
    [InlineData("CALL pragma_version()")]
    [InlineData("BEGIN")]
    [InlineData("COMMIT")]
    [InlineData("CHECKPOINT")]
    [InlineData("VACUUM")]
    [InlineData("PREPARE p AS SELECT 1")]
    [InlineData("EXECUTE p")]
    [InlineData("  /* a comment /* in a comment */ */ -- and a line\n ; SET threads = 1")]
    [InlineData("EXPLAIN SET threads = 1")]
    [InlineData("EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/varve-sandbox.csv'")]
    [InlineData("EXPLAIN (FORMAT json) CREATE TABLE t (a INT)")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1; SET threads = 1")]
    public async Task Only_single_reading_statements_are_allowed(string sql) =>
        Assert.Equal(QueryErrorCode.Refused, (await fixture.Engine.FailAsync(sql)).Code);

    [Theory]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')")]
    [InlineData("SELECT * FROM read_csv_auto('/etc/passwd')")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')")]
    [InlineData("SELECT * FROM read_blob('/etc/passwd')")]
    [InlineData("SELECT * FROM read_json('/etc/passwd')")]
    [InlineData("SELECT * FROM read_parquet('/tmp/x.parquet')")]
    [InlineData("SELECT * FROM read_parquet('https://example.com/x.parquet')")]
    [InlineData("SELECT * FROM parquet_metadata('/tmp/x.parquet')")]
    [InlineData("SELECT * FROM read_duckdb('/tmp/x.db')")]
    [InlineData("SELECT * FROM sniff_csv('/etc/passwd')")]
    [InlineData("SELECT * FROM glob('/etc/*')")]
    [InlineData("SELECT * FROM \"glob\"('/etc/*')")]
    [InlineData("SELECT * FROM system.main.GLOB ('/etc/*')")]
    [InlineData("SELECT * FROM glob/* */('/etc/*')")]
    [InlineData("SELECT (SELECT count(*) FROM glob('/etc/*'))")]
    [InlineData("EXPLAIN SELECT * FROM glob('/etc/*')")]
    [InlineData("SUMMARIZE SELECT * FROM glob('/etc/*')")]
    [InlineData("DESCRIBE SELECT * FROM glob('/etc/*')")]
    [InlineData("SELECT * FROM '/etc/passwd'")]
    [InlineData("SELECT * FROM 'x.csv'")]
    [InlineData("SELECT * FROM \"x.parquet\"")]
    [InlineData("FROM 'https://example.com/x.json'")]
    [InlineData("SELECT getenv('HOME')")]
    [InlineData("SELECT * FROM duckdb_secrets()")]
    [InlineData("SELECT * FROM which_secret('s3://a', 's3')")]
    [InlineData("SELECT * FROM duckdb_settings()")]
    [InlineData("SELECT * FROM duckdb_extensions()")]
    public async Task Files_network_and_environment_are_out_of_reach(string sql) =>
        Assert.Contains((await fixture.Engine.FailAsync(sql)).Code, new[] { QueryErrorCode.Refused, QueryErrorCode.NotFound });

    [Theory]
    [InlineData("SELECT * FROM enable_logging(storage = 'file', storage_path = '/tmp/varve-sandbox-log')")]
    [InlineData("SELECT * FROM enable_logging()")]
    [InlineData("SELECT * FROM enable_logging(level = $1)")]
    [InlineData("SELECT ?, count(*) FROM enable_logging()")]
    [InlineData("EXPLAIN (SELECT 1) UNION ALL SELECT count(*) FROM enable_logging()")]
    [InlineData("EXPLAIN ANALYZE SELECT * FROM enable_logging()")]
    [InlineData("SELECT * FROM enable_profiling()")]
    [InlineData("SELECT * FROM enable_peg_parser()")]
    [InlineData("SELECT * FROM checkpoint()")]
    [InlineData("SELECT * FROM force_checkpoint('varve')")]
    [InlineData("SELECT * FROM truncate_duckdb_logs()")]
    [InlineData("SELECT * FROM query('SELECT * FROM enable_' || 'logging()')")]
    [InlineData("SELECT * FROM query_table('x')")]
    [InlineData("SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))")]
    [InlineData("SELECT * FROM sql_auto_complete('SEL')")]
    [InlineData("SELECT * FROM arrow_scan(1, 2, 3)")]
    [InlineData("SELECT write_log('x')")]
    [InlineData("SELECT sleep_ms(10000)")]
    [InlineData("SELECT json_serialize_plan('SELECT * FROM enable_logging()')")]
    [InlineData("SELECT setseed(0.5)")]
    public async Task Functions_that_change_the_instance_are_refused_by_name(string sql)
    {
        QueryException error = await fixture.Engine.FailAsync(sql);
        Assert.Equal(QueryErrorCode.Refused, error.Code);
        Assert.Contains("is not allowed here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EXPLAIN (FORMAT 'a)b') SELECT * FROM enable_logging()")]
    [InlineData("EXPLAIN /* SELECT 1 */ -- (\n (FORMAT json) SELECT * FROM enable_logging()")]
    [InlineData("EXPLAIN (FORMAT json /* ) */) SELECT * FROM enable_logging()")]
    public async Task Options_of_explain_hide_no_function(string sql)
    {
        await fixture.Engine.FailAsync(sql);
        Assert.Equal(["0"], await fixture.Engine.ReadAsync("SELECT current_setting('enable_logging')::VARCHAR"));
    }

    [Fact]
    public async Task A_null_stream_name_does_not_end_the_process() =>
        Assert.Equal(QueryErrorCode.InvalidStatement, (await fixture.Engine.FailAsync("SELECT * FROM scan_stream(NULL)")).Code);

    [Fact]
    public async Task Names_of_refused_functions_serve_as_names_of_columns() =>
        Assert.Equal("1|2", Assert.Single(await fixture.Engine.ReadAsync(
            "SELECT query, \"checkpoint\" FROM (SELECT 1 AS query, 2 AS \"checkpoint\") glob_")));

    [Fact]
    public async Task Nothing_was_written_by_what_was_refused()
    {
        using var scratch = new TempDirectory("sandbox");
        string file = scratch.File("out.csv");
        await fixture.Engine.FailAsync($"COPY (SELECT 1) TO '{file}'");
        await fixture.Engine.FailAsync($"EXPLAIN ANALYZE COPY (SELECT 1) TO '{file}'");
        await fixture.Engine.FailAsync($"WITH x AS (SELECT 1) COPY x TO '{file}'");
        Assert.Empty(Directory.GetFiles(scratch.Path));
    }

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("WITH t AS (SELECT 1) SELECT * FROM t")]
    [InlineData("FROM range(3)")]
    [InlineData("VALUES (1), (2)")]
    [InlineData("(SELECT 1)")]
    [InlineData("DESCRIBE SELECT 1")]
    [InlineData("SHOW TABLES")]
    [InlineData("SUMMARIZE SELECT 1")]
    [InlineData("EXPLAIN SELECT 1")]
    [InlineData("EXPLAIN ANALYZE SELECT 1")]
    [InlineData("EXPLAIN (FORMAT json) SELECT 1")]
    [InlineData("EXPLAIN (SELECT 1)")]
    [InlineData("PIVOT (SELECT 1 AS a, 2 AS b) ON a IN (1) USING sum(b)")]
    [InlineData("SELECT * FROM information_schema.columns")]
    [InlineData("SELECT * FROM duckdb_functions() LIMIT 1")]
    [InlineData("SELECT version(), current_setting('TimeZone'), current_catalog()")]
    [InlineData(";; SELECT 1 ;")]
    public async Task Reading_statements_are_allowed(string sql) => Assert.NotEmpty(await fixture.Engine.ReadAsync(sql + " "));

    [Fact]
    public async Task Settings_show_no_path_of_the_machine()
    {
        string[] values = await fixture.Engine.ReadAsync(
            "SELECT concat_ws(';', current_setting('home_directory'), current_setting('temp_directory'), current_setting('secret_directory'), "
            + "current_setting('extension_directory'))");
        Assert.DoesNotContain('/', Assert.Single(values));
        Assert.DoesNotContain(await fixture.Engine.ReadAsync("SELECT setting FROM pg_catalog.pg_settings"), v =>
            v.Contains('/', StringComparison.Ordinal));
    }
}
