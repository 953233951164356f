using System.Globalization;
using System.Text.Json;
using Varve.Arrow.Ipc;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.CommandLine;

/// <summary>The command `varve` as its users run it: what it prints, what it exits with.</summary>
public sealed class CommandLineTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private const string Csv = "id,name\n1,\"a, b\"\n2,\n";

    private VarveDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task A_stream_is_created_described_altered_listed_and_dropped()
    {
        (await Daemon.RunAsync("stream", "create", "life", "-c", "id int64 not null", "-c", "at timestamp[us, UTC]")).Successful();
        (await Daemon.RunAsync("stream", "alter", "life", "--add-column", "note utf8")).Successful();
        JsonElement described = Json((await Daemon.RunAsync("stream", "describe", "life", "--json")).Successful());
        Assert.Equal(["id int64", "at timestamp[us, UTC]", "note utf8"],
            described.GetProperty("columns").EnumerateArray().Select(c => $"{c.GetProperty("name")} {c.GetProperty("type")}"));
        Assert.Equal(0, described.GetProperty("rows").GetInt64());
        Assert.Contains("life", (await Daemon.RunAsync("stream", "list")).Successful(), StringComparison.Ordinal);
        (await Daemon.RunAsync("stream", "drop", "life")).Successful();
        Assert.DoesNotContain("life", (await Daemon.RunAsync("stream", "list", "--json")).Successful(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_rows_are_kept_is_said_at_creation_and_changed_later()
    {
        string[] settings = ["--cluster-by", "host,id", "--retain-for", "30d", "--retain-rows", "1000000", "--retain-bytes", "10GiB"];
        (await Daemon.RunAsync(["stream", "create", "kept", "-c", "host utf8", "-c", "id int64", .. settings])).Successful();
        Assert.Contains("rows younger than 30d, the newest 1,000,000 rows, the newest 10.0 GiB of segments; clustered by host, id",
            (await Daemon.RunAsync("stream", "describe", "kept")).Successful(), StringComparison.Ordinal);

        (await Daemon.RunAsync("stream", "alter", "kept", "--retain-for", "forever", "--cluster-by", "none")).Successful();
        JsonElement kept = Json((await Daemon.RunAsync("stream", "describe", "kept", "--json")).Successful()).GetProperty("settings");
        Assert.Equal("""{"cluster_by":[],"retain_for_seconds":null,"retain_rows":1000000,"retain_bytes":10737418240}""",
            JsonSerializer.Serialize(kept));
    }

    [Fact]
    public async Task A_consumer_is_created_read_reset_and_deleted()
    {
        await File.WriteAllLinesAsync(shared.File("work.csv"), ["n", .. Enumerable.Range(0, 50).Select(i => $"{i}")]);
        (await Daemon.RunAsync("append", "work", shared.File("work.csv"))).Successful();
        (await Daemon.RunAsync("consumer", "create", "work", "c", "--ack-timeout", "5m", "--dead-letters", "work-dead", "--max-deliveries", "3")).Successful();
        string[] peeked = Lines(await Daemon.RunAsync("consumer", "read", "work", "c", "--peek", "--max", "5", "--wait", "60s"));
        Assert.Equal([0, 1, 2, 3, 4], peeked.Select(l => Json(l).GetProperty("n").GetInt32()));
        string[] read = Lines(await Daemon.RunAsync("consumer", "read", "work", "c", "--max", "20", "--wait", "60s"));
        Assert.Equal(Enumerable.Range(0, 20), read.Select(l => Json(l).GetProperty("n").GetInt32()));
        JsonElement shown = Json((await Daemon.RunAsync("consumer", "show", "work", "c", "--json")).Successful());
        Assert.Equal((20, 30, 300), (shown.GetProperty("offset").GetInt32(), shown.GetProperty("lag_rows").GetInt32(), shown.GetProperty("ack_timeout_seconds").GetInt32()));
        Assert.Contains("work-dead", (await Daemon.RunAsync("consumer", "show", "work", "c")).Successful(), StringComparison.Ordinal);
        Assert.True(Json((await Daemon.RunAsync("status", "--json")).Successful()).GetProperty("consumer_lag_rows").GetInt64() >= 30);
        JsonElement reset = Json((await Daemon.RunAsync("consumer", "reset", "work", "c", "--from", "45", "--json")).Successful());
        Assert.Equal((45, 2), (reset.GetProperty("offset").GetInt32(), reset.GetProperty("epoch").GetInt32()));
        Assert.Equal(5, Lines(await Daemon.RunAsync("consumer", "read", "work", "c", "--wait", "1s")).Length);
        (await Daemon.RunAsync("consumer", "alter", "work", "c", "--dead-letters", "none")).Successful();
        Assert.Contains("work", (await Daemon.RunAsync("consumer", "list")).Successful(), StringComparison.Ordinal);
        (await Daemon.RunAsync("consumer", "delete", "work", "c")).Successful();
        Assert.Contains("See: varve consumer list", (await Daemon.RunAsync("consumer", "show", "work", "c")).Errors, StringComparison.Ordinal);

        static string[] Lines(VarveResult result) => result.Successful().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Rows_are_flushed_described_in_segments_and_a_segment_is_inspected()
    {
        string[] lines = [.. Enumerable.Range(0, 10_000).Select(i => $"{i},host {i % 7}")];
        await File.WriteAllLinesAsync(shared.File("sealed.csv"), ["n,host", .. lines]);
        (await Daemon.RunAsync("append", "sealed", shared.File("sealed.csv"), "--json")).Successful();

        JsonElement flushed = Json((await Daemon.RunAsync("stream", "flush", "sealed", "--json")).Successful());
        Assert.Equal((10_000, 0, 1), Counts(flushed));
        (await Daemon.RunAsync("stream", "compact", "sealed")).Successful();

        JsonElement described = Json((await Daemon.RunAsync("stream", "describe", "sealed", "--json")).Successful());
        Assert.Equal((10_000, 0, 1), Counts(described));
        Assert.InRange(described.GetProperty("segment_bytes").GetInt64(), 1, described.GetProperty("raw_bytes").GetInt64() / 2);
        Assert.All(described.GetProperty("columns").EnumerateArray(), c => Assert.True(c.GetProperty("encodings").GetArrayLength() > 0));
        Assert.Contains("10,000 rows in 1 segments", (await Daemon.RunAsync("stream", "describe", "sealed")).Successful(), StringComparison.Ordinal);
        Assert.Equal("10000", Rows(await Daemon.RunAsync("query", "select count(*) from sealed where n >= 0", "--format", "csv")).Trim());

        string segment = Directory.GetFiles(shared.File("data/segments"), "*.seg").Single(f => Json(
            VarveProgram.RunAsync(["segment", "inspect", f, "--json"]).Result.Successful()).GetProperty("rows").GetInt64() == 10_000);
        VarveResult inspected = await VarveProgram.RunAsync(["segment", "inspect", segment]);
        Assert.Contains("verified", inspected.Successful(), StringComparison.Ordinal);

        byte[] damaged = await File.ReadAllBytesAsync(segment);
        damaged[damaged.Length / 3] ^= 1;
        await File.WriteAllBytesAsync(shared.File("damaged.seg"), damaged);
        VarveResult found = await VarveProgram.RunAsync(["segment", "inspect", shared.File("damaged.seg"), "--data", shared.File("data")]);
        Assert.Equal(1, found.ExitCode);
        Assert.Contains("damaged.seg", OnlyLine(found), StringComparison.Ordinal);

        static (long, long, long) Counts(JsonElement stream) => (
            stream.GetProperty("rows").GetInt64(), stream.GetProperty("tail_rows").GetInt64(), stream.GetProperty("segments").GetInt64());
    }

    [Fact]
    public async Task Csv_and_json_lines_append_to_one_stream()
    {
        await File.WriteAllTextAsync(shared.File("one.csv"), Csv);
        await File.WriteAllTextAsync(shared.File("two.jsonl"), "{\"id\": 3, \"name\": \"c\"}\n");

        JsonElement first = Json((await Daemon.RunAsync("append", "mixed", shared.File("one.csv"), "--json")).Successful());
        JsonElement second = Json((await Daemon.RunAsync("append", "mixed", shared.File("two.jsonl"), "--json")).Successful());

        Assert.True(first.GetProperty("created").GetBoolean());
        Assert.Equal(2, second.GetProperty("first_offset").GetInt64());
        Assert.Equal("1,\"a, b\"\n2,\n3,c\n", Rows(await Daemon.RunAsync("query", "select id, name from mixed order by _offset", "--format", "csv")));
    }

    [Fact]
    public async Task An_arrow_file_appends_whole()
    {
        (await Daemon.RunAsync("append", "flights", RepositoryRoot.Data("flights", "flights-200k.arrow"), "--json")).Successful();

        JsonElement count = Json((await Daemon.RunAsync("query", "select count(*) as n from flights", "--json")).Successful());

        var file = new IpcFileReader(await File.ReadAllBytesAsync(RepositoryRoot.Data("flights", "flights-200k.arrow")));
        Assert.Equal(Enumerable.Range(0, file.BatchCount).Sum(i => (long)file.ReadBatch(i).RowCount), count.GetProperty("n").GetInt64());
    }

    [Fact]
    public async Task Tail_starts_where_it_is_told_and_prints_each_format()
    {
        (await Daemon.RunWithInputAsync(Csv, "append", "tailed", "-", "--input", "csv")).Successful();

        Assert.Contains("name=\"a, b\"", (await Daemon.RunAsync("tail", "tailed")).Successful(), StringComparison.Ordinal);
        Assert.Equal("2,\n", Rows(await Daemon.RunAsync("tail", "tailed", "--from", "1", "--columns", "id,name", "--format", "csv")));
        Assert.Equal(2, Json((await Daemon.RunAsync("tail", "tailed", "--last", "1", "--json")).Successful()).GetProperty("id").GetInt64());
    }

    [Theory]
    [InlineData("no stream", "stream", "describe", "nowhere")]
    [InlineData("no stream", "tail", "nowhere")]
    [InlineData("(line 1, at: selekt 1)", "query", "selekt 1")]
    [InlineData("(line 2, at: nowhere)", "query", "select *\nfrom nowhere")]
    [InlineData("varve stream list", "tail", "nowhere")]
    [InlineData("30d", "stream", "alter", "x", "--retain-for", "a month")]
    [InlineData("10GiB", "stream", "alter", "x", "--retain-bytes", "10 apples")]
    [InlineData("nothing to change", "stream", "alter", "x")]
    [InlineData("Must be one of", "query", "select 1", "--format", "xml")]
    [InlineData("describe", "stream")]
    [InlineData("NAME TYPE", "stream", "create", "x", "-c", "id")]
    [InlineData("int63", "stream", "create", "x", "-c", "id int63")]
    [InlineData("no such file", "append", "x", "/nowhere.csv")]
    [InlineData("--input", "append", "x", "/etc/hostname")]
    [InlineData("--frob", "query", "select 1", "--frob")]
    public async Task A_failure_is_one_line_and_an_exit_code(string named, params string[] arguments)
    {
        VarveResult result = await Daemon.RunAsync(arguments);

        Assert.NotEqual(0, result.ExitCode);
        string line = OnlyLine(result);
        Assert.StartsWith("varve: ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Without_a_daemon_the_message_says_how_to_start_one()
    {
        VarveResult result = await VarveProgram.RunAsync(["status", "--endpoint", "127.0.0.1:1"]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("varve serve --data", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_does_not_fit_the_stream_says_which_column()
    {
        (await Daemon.RunAsync("stream", "create", "strict", "-c", "id int64 not null", "-c", "name utf8")).Successful();

        VarveResult result = await Daemon.RunWithInputAsync("id,nam\n1,a\n", "append", "strict", "-", "--input", "csv");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("nam", result.Errors, StringComparison.Ordinal);
        Assert.Contains("strict", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_runs_to_its_end()
    {
        VarveResult result = await VarveProgram.RunAsync(["demo", "--seconds", "2"]);

        Assert.Contains("seen by SQL", result.Successful(), StringComparison.Ordinal);
        Assert.Contains("rows/s", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_takes_the_users_own_file()
    {
        await File.WriteAllTextAsync(shared.File("own.csv"), Csv);

        VarveResult result = await VarveProgram.RunAsync(["demo", "--file", shared.File("own.csv")]);

        Assert.Contains("a, b", result.Successful(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_breaks_in_its_middle_says_what_was_appended_before()
    {
        string[] lines = [.. Enumerable.Range(0, 300_000).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        await File.WriteAllLinesAsync(shared.File("breaks.csv"), ["n", .. lines, "not a number"]);
        (await Daemon.RunAsync("stream", "create", "breaking", "-c", "n int64")).Successful();

        VarveResult result = await Daemon.RunAsync("append", "breaking", shared.File("breaks.csv"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("breaks.csv: ", OnlyLine(result), StringComparison.Ordinal);
        Assert.Contains("Line: 300002", OnlyLine(result), StringComparison.Ordinal);
        JsonElement safe = Json((await Daemon.RunAsync("query", "select count(*) as n from breaking", "--json")).Successful());
        Assert.InRange(safe.GetProperty("n").GetInt64(), 1, lines.Length);
        Assert.Contains($"{safe.GetProperty("n").GetInt64():N0} rows were appended and are durable", OnlyLine(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_makes_no_stream()
    {
        await File.WriteAllTextAsync(shared.File("empty.csv"), "");

        Assert.Contains("empty", OnlyLine(await Daemon.RunAsync("append", "of_nothing", shared.File("empty.csv"))), StringComparison.Ordinal);

        Assert.DoesNotContain("of_nothing", (await Daemon.RunAsync("stream", "list", "--json")).Successful(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        await File.WriteAllBytesAsync(shared.File("damaged.arrow"), [.. "ARROW1"u8, .. new byte[100]]);

        VarveResult result = await Daemon.RunAsync("append", "damaged", shared.File("damaged.arrow"));

        Assert.Contains("damaged.arrow: ", OnlyLine(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_listed_and_rotated()
    {
        (await Daemon.RunAsync("stream", "create", "locked", "-c", "n int64")).Successful();
        Assert.Equal("rotated the key of stream locked to version 2\n", (await Daemon.RunAsync("key", "rotate", "--stream", "locked")).Successful());
        string root = await File.ReadAllTextAsync(shared.File("data/root.key"));
        Assert.Equal("rotated the root key\n", (await Daemon.RunAsync("key", "rotate", "--root")).Successful());
        Assert.NotEqual(root, await File.ReadAllTextAsync(shared.File("data/root.key")));

        JsonElement keys = Json((await Daemon.RunAsync("key", "list", "--json")).Successful());
        Assert.Equal("1 False, 2 True", string.Join(", ", keys.EnumerateArray().Where(k => k.GetProperty("stream").GetString() == "locked")
            .Select(k => $"{k.GetProperty("version")} {k.GetProperty("current")}")));
        Assert.Contains("stream locked", (await Daemon.RunAsync("key", "list")).Successful(), StringComparison.Ordinal);

        foreach (string[] wrong in new string[][] { ["key", "rotate"], ["key", "rotate", "--root", "--node"], ["key", "rotate", "--node", "--key-file", "x"] })
            Assert.Equal(2, (await Daemon.RunAsync(wrong)).ExitCode);
        Assert.Contains("nowhere", OnlyLine(await Daemon.RunAsync("key", "rotate", "--stream", "nowhere")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_for_programs_has_numbers()
    {
        JsonElement status = Json((await Daemon.RunAsync("status", "--json")).Successful());

        Assert.True(status.GetProperty("accepting").GetBoolean());
        Assert.True(status.GetProperty("durable_up_to").GetInt64() >= status.GetProperty("visible_up_to").GetInt64());
        Assert.True(status.GetProperty("process_memory_bytes").GetInt64() > 0);
    }

    private static string OnlyLine(VarveResult result) => Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static string Rows(VarveResult csv) => csv.Successful()[(csv.Output.IndexOf('\n', StringComparison.Ordinal) + 1)..];
}
