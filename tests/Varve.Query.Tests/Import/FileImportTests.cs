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
    public async Task A_row_that_does_not_fit_is_named_by_its_line()
    {
        string file = Write("bad.csv", "n\n1\ntwo\n3\n");
        var target = new Schema([new Field("n", ArrowTypes.Int32)]);

        var e = await Assert.ThrowsAsync<QueryException>(() => ReadAsync(file, ImportFormat.Csv, target));

        Assert.Contains("Line: 3", e.Message, StringComparison.Ordinal);
        Assert.Contains("two", e.Message, StringComparison.Ordinal);
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

        Assert.Contains("nowhere.csv", (await Assert.ThrowsAsync<QueryException>(() => ReadAsync("/nowhere.csv", ImportFormat.Csv))).Message, StringComparison.Ordinal);
        Assert.Contains("text.parquet", (await Assert.ThrowsAsync<QueryException>(() => ReadAsync(text, ImportFormat.Parquet))).Message, StringComparison.Ordinal);
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
