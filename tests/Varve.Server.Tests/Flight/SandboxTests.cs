using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Testing;

namespace Varve.Server.Tests.Flight;

/// <summary>
/// Attempts to leave the sandbox by SQL, as a client over the network makes them: as a query, in an INSERT, in a CREATE TABLE, and prepared. The
/// files that they reach for exist, with a word in them that must not come out, and nothing may be written beside them.
/// </summary>
public sealed class SandboxTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private const string Secret = "canary-in-the-file";

    private static readonly ErrorCode[] Refusals = [ErrorCode.SqlRefused, ErrorCode.SqlNotFound, ErrorCode.SqlInvalid];

    private readonly TempDirectory _outside = new("outside");
    private readonly FlightCalls _flight = new(server.Channel);

    public void Dispose() => _outside.Dispose();

    /// <summary>Queries; {0} stands for a file that exists, {1} for its folder.</summary>
    public static TheoryData<string> Queries =>
    [
        "select * from read_csv('{0}')",
        "select * from read_csv_auto('{0}')",
        "select * from \"read_csv\"('{0}')",
        "select * from system.main.read_csv('{0}')",
        "select * from read_csv/* */('{0}')",
        "select * from read_csv(['{0}'])",
        "select * from sniff_csv('{0}')",
        "select * from read_text('{0}')",
        "select * from read_blob('{0}')",
        "select * from read_json('{0}')",
        "select * from read_json_auto('{0}')",
        "select * from read_json_objects('{0}')",
        "select * from read_ndjson('{0}')",
        "select * from read_ndjson_objects('{0}')",
        "select * from read_parquet('{0}')",
        "select * from parquet_scan('{0}')",
        "select * from parquet_schema('{0}')",
        "select * from parquet_metadata('{0}')",
        "select * from parquet_file_metadata('{0}')",
        "select * from parquet_kv_metadata('{0}')",
        "select * from parquet_bloom_probe('{0}', 'a', 1)",
        "select * from read_duckdb('{0}')",
        "select * from read_xlsx('{0}')",
        "select * from st_read('{0}')",
        "select * from sqlite_scan('{0}', 't')",
        "select * from postgres_scan('host=127.0.0.1', 'public', 't')",
        "select * from iceberg_scan('{1}')",
        "select * from delta_scan('{1}')",
        "select * from glob('{1}/*')",
        "select * from '{0}'",
        "select * from \"{0}\"",
        "from '{0}'",
        "from 'file://{0}'",
        "select * from '{1}/*.csv'",
        "select * from '{1}/**'",
        "table \"{0}\"",
        "describe '{0}'",
        "summarize '{0}'",
        "select * from 'https://127.0.0.1:9/x.parquet'",
        "select * from read_csv('http://127.0.0.1:9/x.csv')",
        "select * from read_parquet('s3://bucket/x.parquet')",
        "select * from 'gcs://bucket/x.json'",
        "select * from 'hf://datasets/x/y.csv'",
        "select getenv('PATH')",
        "select \"getenv\"('PATH')",
        "select * from duckdb_secrets()",
        "select * from which_secret('s3://a', 's3')",
        "select * from duckdb_settings()",
        "select * from duckdb_extensions()",
        "select * from duckdb_logs()",
        "select * from duckdb_temporary_files()",
        "select * from pragma_database_size()",
        "select * from pragma_storage_info('t')",
        "select * from query('select * from read_text(''{0}'')')",
        "select * from query_table('{0}')",
        "select (select content from read_text('{0}'))",
        "with f as (select * from read_text('{0}')) select * from f",
        "select * from range(1) r, lateral (select * from read_text('{0}'))",
        "select * from (values (1)) v(a) where exists (from read_text('{0}'))",
        "explain analyze select * from read_text('{0}')",
        "select 1 union all select count(*) from read_text('{0}')",
        "pivot read_text('{0}') on filename in ('a') using count(*)",
        "select * from json_execute_serialized_sql(json_serialize_sql('select * from read_text(''{0}'')'))",
    ];

    /// <summary>Statements that are none of a client's.</summary>
    public static TheoryData<string> Statements =>
    [
        "copy (select 1) to '{1}/out.csv'",
        "copy (select 1) to '{1}/out.parquet' (format parquet)",
        "copy inside from '{0}'",
        "copy from database varve to other",
        "export database '{1}/out'",
        "import database '{1}'",
        "attach '{1}/out.duckdb'",
        "attach ':memory:' as other",
        "attach 'https://127.0.0.1:9/x.db' as other",
        "detach varve",
        "use system.main",
        "install httpfs",
        "force install httpfs from 'http://127.0.0.1:9'",
        "load httpfs",
        "load '{0}'",
        "update extensions",
        "pragma enable_profiling",
        "pragma database_list",
        "pragma import_database('{1}')",
        "call pragma_version()",
        "call enable_logging(storage = 'file', storage_path = '{1}')",
        "set enable_external_access = true",
        "set global memory_limit = '1TB'",
        "set variable a = 1",
        "reset lock_configuration",
        "create secret s (type s3, key_id 'a', secret 'b')",
        "drop secret s",
        "create macro f() as table select * from read_text('{0}')",
        "create function f() as 1",
        "create view v as from '{0}'",
        "create schema s",
        "create index i on inside (a)",
        "create type t as enum ('a')",
        "create sequence q",
        "prepare p as select * from read_text('{0}')",
        "execute p",
        "begin",
        "commit",
        "checkpoint",
        "vacuum",
        "comment on table inside is 'x'",
        "explain copy (select 1) to '{1}/out.csv'",
        "select 1; copy (select 1) to '{1}/out.csv'",
        "/* a comment */ -- and a line\n copy (select 1) to '{1}/out.csv'",
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_query_reaches_nothing_outside(string query)
    {
        string sql = Fill(query);
        await RefusedAsync(() => _flight.QueryAsync(sql));
        await RefusedAsync(() => _flight.PrepareAsync(sql));
        await _flight.UpdateAsync("create table if not exists inside (a varchar)");
        await RefusedAsync(() => _flight.UpdateAsync($"insert into inside {sql}"));
        await RefusedAsync(() => _flight.UpdateAsync($"insert into inside values ((select a from ({sql})))"));
        await RefusedAsync(() => _flight.UpdateAsync($"create table stolen as {sql}"));

        Assert.Equal(0, server.Server.Engine.Describe("inside").RowCount);
        Assert.False(server.Server.Engine.TryDescribe("stolen", out _));
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_statement_changes_nothing_outside(string statement)
    {
        string sql = Fill(statement);
        await _flight.UpdateAsync("create table if not exists inside (a varchar)");
        await RefusedAsync(() => _flight.QueryAsync(sql));
        await RefusedAsync(() => _flight.PrepareAsync(sql));
        await RefusedAsync(() => _flight.UpdateAsync(sql));
    }

    [Fact]
    public async Task A_path_that_would_be_bound_is_refused_before_it_is()
    {
        Fill("{0}");
        await RefusedAsync(() => _flight.PrepareAsync("select * from read_text($1)"));
        await RefusedAsync(() => _flight.PrepareAsync("select * from query_table($1)"));
        await RefusedAsync(() => _flight.PrepareAsync("select getenv($1)"));
    }

    /// <summary>Makes the file and its folder, and puts their paths into a statement.</summary>
    private string Fill(string statement)
    {
        string file = _outside.File("data.csv");
        File.WriteAllText(file, $"a\n{Secret}\n");
        return statement.Replace("{0}", file, StringComparison.Ordinal).Replace("{1}", _outside.Path, StringComparison.Ordinal);
    }

    private async Task RefusedAsync<T>(Func<Task<T>> attempt)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(attempt);

        Assert.True(Refusals.Contains(RunningServer.DetailOf(e).Code), $"{RunningServer.DetailOf(e).Code}: {e.Message}");
        Assert.DoesNotContain(Secret, e.Message, StringComparison.Ordinal);
        Assert.Equal(["data.csv"], Directory.EnumerateFileSystemEntries(_outside.Path).Select(Path.GetFileName));
        Assert.Equal(1, (await _flight.QueryAsync("select 1 as one")).RowCount);
    }
}
