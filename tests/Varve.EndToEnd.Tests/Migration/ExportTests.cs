using System.Text.Json;
using Varve.EndToEnd.Tests.CommandLine;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Migration;

/// <summary>Rows that leave by `varve export` and come back by `varve append`.</summary>
public sealed class ExportTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private static readonly string[] Kinds =
    [
        "b bool", "i8 int8", "i64 int64", "u64 uint64", "f32 float32", "f64 float64", "dec decimal128(18, 4)", "t utf8", "bin binary", "d date32",
        "ts timestamp[us]", "tz timestamp[us, UTC]", "ns timestamp[ns]", "tm time64[us]", "l list<int32>",
        "s struct<a: int64, b: utf8>", "n int64 not null",
    ];

    private VarveDaemon Daemon => shared.Daemon;

    [Theory]
    [InlineData("arrow")]
    [InlineData("parquet")]
    [InlineData("jsonl")]
    [InlineData("csv")]
    public async Task Every_type_comes_back(string format)
    {
        string[] columns = [.. Kinds.SelectMany(k => new[] { "-c", k })];
        (await Daemon.RunAsync(["stream", "create", $"out_{format}", .. columns])).Successful();
        (await Daemon.RunAsync(["stream", "create", $"back_{format}", .. columns])).Successful();
        (await Daemon.RunAsync("query", $$"""
            insert into out_{{format}} values
              (true, -128, -9223372036854775808, 18446744073709551615, 0.1, 1e300, -12345678901234.5678, 'a "b", c', '\x00\xFF'::blob, '1969-12-31',
               '2026-01-31 23:59:59.999999', '1900-01-01 00:00:00.000001+00', '2026-01-01 00:00:00.123456789'::timestamp_ns, '23:59:59.999999',
               [1, null, -3], {'a': 1, 'b': 'x, "y"'}, 1),
              (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, 2),
              (false, 127, 9223372036854775807, 0, -0.0, 'infinity', 0.0001, E'007\nzwei\t日本', ''::blob, '2100-02-28',
               '0001-01-01 00:00:00', '9999-12-31 23:59:59+00', '1700-01-01 00:00:00'::timestamp_ns, '00:00:00', [], {'a': null, 'b': null}, 3)
            """)).Successful();
        string file = shared.File($"kinds.{format}");

        (await Daemon.RunAsync("export", $"out_{format}", file, "--json")).Successful();
        (await Daemon.RunAsync("append", $"back_{format}", file, "--json")).Successful();

        // Text files quote numbers too, so an empty field is null to their reader whether it stands in quotes or not.
        string columnsOf = format == "csv" ? "* exclude (_time) replace (nullif(t, '') as t, nullif(bin, ''::blob) as bin)" : "* exclude (_time)";
        Assert.Equal(await RowsAsync($"out_{format}", columnsOf), await RowsAsync($"back_{format}", columnsOf));
    }

    [Theory]
    [InlineData("arrow")]
    [InlineData("parquet")]
    public async Task Flights_come_back_in_their_order_and_their_types_with_them(string format)
    {
        string all = RepositoryRoot.Data("flights", "flights-200k.arrow");
        (await Daemon.RunAsync("append", $"flights_{format}", all, "--json")).Successful();
        string file = shared.File($"flights.{format}");

        JsonElement exported = Json(await Daemon.RunAsync("export", $"flights_{format}", file, "--json"));
        JsonElement appended = Json(await Daemon.RunAsync("import", $"flights_back_{format}", file, "--json"));

        Assert.Equal(200_000, exported.GetProperty("rows").GetInt64());
        Assert.Equal(200_000, appended.GetProperty("rows").GetInt64());
        Assert.Equal(await RowsAsync($"flights_{format}"), await RowsAsync($"flights_back_{format}"));
    }

    [Fact]
    public async Task A_range_some_columns_and_the_answer_to_a_statement_are_exported()
    {
        await FillAsync("ranged");
        string file = shared.File("range.csv");

        (await Daemon.RunAsync("export", "ranged", file, "--from", "2", "--to", "5", "--columns", "_offset,name")).Successful();
        Assert.Equal("_offset,name\n2,r2\n3,r3\n4,r4\n", await File.ReadAllTextAsync(file));
        (await Daemon.RunAsync("export", "ranged", file, "--where", "n % 4 = 0", "--force")).Successful();
        Assert.Equal("n,name\n0,r0\n4,r4\n8,r8\n", await File.ReadAllTextAsync(file));
        Assert.Equal("most\n9\n", (await Daemon.RunAsync("export", "--sql", "select max(n) as most from ranged", "-", "--format", "csv")).Successful());
        (await Daemon.RunAsync("export", "--sql", "select n, [n] as l from ranged where n > 7", shared.File("answer.parquet"))).Successful();
        (await Daemon.RunAsync("append", "answered", shared.File("answer.parquet"))).Successful();
        Assert.Equal("n,l,_offset\n8,[8],0\n9,[9],1\n", await RowsAsync("answered"));
        (await Daemon.RunAsync("export", "ranged", shared.File("none.parquet"), "--from", "10")).Successful();
    }

    [Fact]
    public async Task A_file_is_whole_or_not_there()
    {
        await FillAsync("careful");
        string directory = Directory.CreateDirectory(shared.File("careful")).FullName;
        string file = Path.Combine(directory, "x.parquet");
        await File.WriteAllTextAsync(file, "mine");

        VarveResult there = await Daemon.RunAsync("export", "careful", file);
        VarveResult broken = await Daemon.RunAsync("export", "careful", file, "--force", "--where", "error('broken at ' || n)");
        VarveResult interval = await Daemon.RunAsync("export", "--sql", "select interval 1 microsecond as i", file, "--force");

        Assert.Contains("--force", there.Errors, StringComparison.Ordinal);
        Assert.Contains("broken at", broken.Errors, StringComparison.Ordinal);
        Assert.Contains("milliseconds", interval.Errors, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(directory));
        Assert.Equal(2, (await Daemon.RunAsync("export", "careful")).ExitCode);
    }

    private async Task FillAsync(string stream) => (await Daemon.RunWithInputAsync(
        "n,name\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i},r{i}\n")), "append", stream, "-", "--input", "csv")).Successful();

    private async Task<string> RowsAsync(string stream, string columns = "* exclude (_time)") =>
        (await Daemon.RunAsync("query", $"select {columns} from {stream} order by _offset", "--format", "csv")).Successful();

    private static JsonElement Json(VarveResult result) => JsonDocument.Parse(result.Successful()).RootElement;
}
