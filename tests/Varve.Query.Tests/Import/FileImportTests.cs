using System.IO.Compression;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Import;
using Varve.Testing;

namespace Varve.Query.Tests.Import;

public sealed class FileImportTests : IDisposable
{
    private readonly TempDirectory _directory = new("import");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Csv_comes_in_the_order_of_the_file_with_types_found_by_looking()
    {
        string file = Write("rows.csv", "id,at,name,share\n1,2026-01-02 03:04:05,anna,0.5\n2,2026-01-02 03:04:06,\"b, \"\"c\"\"\",1.25\n");

        (Schema schema, List<string[]> rows) = await ReadAsync(file, ImportFormat.Csv);

        Assert.Equal("id: int64, at: timestamp[us], name: utf8, share: float64", schema.ToString());
        Assert.Equal([["1", "2026-01-02T03:04:05.000000", "anna", "0.5"], ["2", "2026-01-02T03:04:06.000000", "b, \"c\"", "1.25"]], rows);
    }

    [Fact]
    public async Task A_target_decides_the_types_of_its_columns()
    {
        string csv = Write("codes.csv", "code,n\n007,1\n008,2\n");
        string json = Write("codes.jsonl", "{\"code\": 7, \"n\": 1}\n{\"code\": 8, \"n\": 2}\n");
        var target = new Schema([new Field("code", ArrowTypes.Utf8), new Field("n", ArrowTypes.Int16)]);

        (Schema csvSchema, List<string[]> csvRows) = await ReadAsync(csv, ImportFormat.Csv, target);
        (Schema jsonSchema, List<string[]> jsonRows) = await ReadAsync(json, ImportFormat.JsonLines, target);

        Assert.Equal("code: utf8, n: int16", csvSchema.ToString());
        Assert.Equal([["007", "1"], ["008", "2"]], csvRows);
        Assert.Equal(csvSchema, jsonSchema);
        Assert.Equal([["7", "1"], ["8", "2"]], jsonRows);
    }

    [Fact]
    public async Task Types_that_sql_has_no_name_for_are_those_of_the_target()
    {
        (string Name, ArrowType Type, string Text, string Expected)[] columns =
        [
            ("large", ArrowTypes.LargeUtf8, "some text", "some text"),
            ("view", ArrowTypes.Utf8View, "a text longer than twelve", "a text longer than twelve"),
            ("half", ArrowTypes.Float16, "1.5", "1.5"),
            ("small", new DecimalType(5, 2, 32), "-1.50", "-1.50"),
            ("huge", new DecimalType(30, 2, 256), "1.50", "1.50"),
            ("moment", new TimestampType(TimeUnit.Second, "UTC"), "2026-01-02 03:04:05+00", "2026-01-02T03:04:05Z"),
            ("local", new TimestampType(TimeUnit.Nanosecond, "Europe/Berlin"), "2026-01-02 03:04:05.000000001", "2026-01-02T03:04:05.000000001Z"),
            ("day", ArrowTypes.Date64, "2026-01-02", "2026-01-02"),
            ("clock", new TimeType(TimeUnit.Millisecond), "03:04:05.006", "03:04:05.006"),
            ("span", new DurationType(TimeUnit.Millisecond), "00:00:01.5", "PT1.500S"),
        ];
        string file = Write("types.csv", $"{string.Join(',', columns.Select(c => c.Name))}\n{string.Join(',', columns.Select(c => c.Text))}\n");

        (Schema schema, List<string[]> rows) = await ReadAsync(
            file, ImportFormat.Csv, new Schema([.. columns.Select(c => new Field(c.Name, c.Type))]));

        Assert.Equal(columns.Select(c => c.Type), schema.Fields.Select(f => f.Type));
        Assert.Equal(columns.Select(c => c.Expected), Assert.Single(rows));
    }

    [Fact]
    public async Task Nested_columns_come_from_json_as_the_target_has_them()
    {
        string file = Write("nested.jsonl", "{\"l\": [1, null], \"s\": {\"a\": \"x\", \"b\": 2}}\n{\"l\": null, \"s\": null}\n");
        var target = new Schema(
        [
            new Field("l", new LargeListType(new Field("item", ArrowTypes.Int16))),
            new Field("s", new StructType([new Field("a", ArrowTypes.LargeUtf8), new Field("b", ArrowTypes.Float32)])),
        ]);

        (Schema schema, List<string[]> rows) = await ReadAsync(file, ImportFormat.JsonLines, target);

        Assert.Equal(target, schema);
        Assert.Equal([["[1,null]", "{\"a\":\"x\",\"b\":2}"], ["", ""]], rows);
    }

    [Fact]
    public async Task A_value_that_the_targets_type_cannot_hold_names_its_column()
    {
        string file = Write("fine.csv", "at\n2026-01-02 03:04:05.5+00\n");
        var target = new Schema([new Field("at", new TimestampType(TimeUnit.Second, "UTC"))]);

        Assert.Contains("column 'at'", (await Assert.ThrowsAsync<QueryException>(() => ReadAsync(file, ImportFormat.Csv, target))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("it's.csv")]
    [InlineData("rows (1).csv")]
    [InlineData("rows[1].csv")]
    [InlineData("what?.csv")]
    public async Task A_file_may_have_any_name(string name)
    {
        Write("all of them.csv", "another\n1\n");
        (Schema schema, List<string[]> rows) = await ReadAsync(Write(name, "a\n1\n"), ImportFormat.Csv);
        Assert.Equal("a: int64", schema.ToString());
        Assert.Single(rows);
    }

    [Fact]
    public async Task An_array_of_objects_is_rows_and_so_is_an_object_of_several_lines()
    {
        string array = Write("array.json", "[{\"a\": 1, \"b\": [1, 2]},\n {\"a\": 2}]");
        string spread = Write("spread.json", "{\n  \"a\": 1,\n  \"b\": [1, 2]\n}\n{\n  \"a\": 2\n}\n");

        Assert.Equal([["1", "[1,2]"], ["2", ""]], (await ReadAsync(array, ImportFormat.JsonLines)).Rows);
        Assert.Equal([["1", "[1,2]"], ["2", ""]], (await ReadAsync(spread, ImportFormat.JsonLines)).Rows);
    }

    [Fact]
    public async Task A_mistake_in_a_file_shows_no_statement_that_nobody_wrote()
    {
        string file = Write("broken.jsonl", "{\"a\":1}\n{\"a\":\"x\"");

        var e = await Assert.ThrowsAsync<QueryException>(() => ReadAsync(file, ImportFormat.JsonLines));

        Assert.Contains("broken.jsonl", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SELECT", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compressed_text_is_read_by_its_name()
    {
        string file = _directory.File("rows.csv.gz");
        await using (var gzip = new GZipStream(File.Create(file), CompressionLevel.Fastest))
            await gzip.WriteAsync("a,b\n1,x\n"u8.ToArray());
        Assert.Equal([["1", "x"]], (await ReadAsync(file, ImportFormat.Csv)).Rows);
    }

    [Fact]
    public async Task Reading_a_file_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        await using FileImport import = await FileImport.OpenAsync(RepositoryRoot.Data("flights", "flights-3m.parquet"), ImportFormat.Parquet);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (RecordBatch batch in import.ReadAllAsync(cancel.Token))
                await cancel.CancelAsync();
        });
    }

    [Fact]
    public async Task A_row_that_does_not_fit_is_named_by_its_line()
    {
        string file = Write("bad.csv", "n\n1\ntwo\n3\n");
        var target = new Schema([new Field("n", ArrowTypes.Int32)]);

        var e = await Assert.ThrowsAsync<QueryException>(() => ReadAsync(file, ImportFormat.Csv, target));

        Assert.Contains("Line: 3", e.Message, StringComparison.Ordinal);
        Assert.Contains("two", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Auto-Detected", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("olution", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parquet_tells_its_rows_and_keeps_their_order()
    {
        await using FileImport import = await FileImport.OpenAsync(RepositoryRoot.Data("flights", "flights-3m.parquet"), ImportFormat.Parquet);
        long rows = 0;
        await foreach (RecordBatch batch in import.ReadAllAsync())
            rows += batch.RowCount;

        Assert.Equal(3_000_000, import.RowCount);
        Assert.Equal(3_000_000, rows);
    }

    [Fact]
    public async Task A_missing_file_and_one_of_another_format_are_refused()
    {
        string text = Write("text.parquet", "this is no parquet");

        Assert.Contains("nowhere.csv", (await Assert.ThrowsAsync<QueryException>(() => ReadAsync("/nowhere.csv", ImportFormat.Csv))).Message,
            StringComparison.Ordinal);
        Assert.Contains("text.parquet", (await Assert.ThrowsAsync<QueryException>(() => ReadAsync(text, ImportFormat.Parquet))).Message,
            StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        string file = _directory.File(name);
        File.WriteAllText(file, content);
        return file;
    }

    private static async Task<(Schema Schema, List<string[]> Rows)> ReadAsync(string file, ImportFormat format, Schema? target = null)
    {
        await using FileImport import = await FileImport.OpenAsync(file, format, target);
        var rows = new List<string[]>();
        await foreach (RecordBatch batch in import.ReadAllAsync())
        {
            for (int row = 0; row < batch.RowCount; row++)
                rows.Add([.. batch.Columns.Select(c => ArrayReader.Format(c, row))]);
        }

        return (import.Schema, rows);
    }
}
