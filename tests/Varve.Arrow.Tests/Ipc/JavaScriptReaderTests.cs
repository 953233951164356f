using Varve.Arrow.Builders;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>
/// What we write is read by apache-arrow (JavaScript), an implementation that shares nothing with ours. Needs Node.js and an npm registry.
/// </summary>
public sealed class JavaScriptReaderTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>
    /// The types in the golden cases that apache-arrow 21.2 cannot read. None: it reads every type that we write. (It makes up a batch without rows
    /// where there is none, and names what is in a map entries, key and value; the scripts allow for both and say so.)
    /// </summary>
    private static readonly IReadOnlyList<string> NotReadByJavaScript = [];

    private readonly NodeFolder _node = new("arrow-js");
    private readonly TempDirectory _directory = new("arrow-js");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_reads_every_golden_case_as_we_wrote_it_again()
    {
        IReadOnlyList<string> written = ReencodedGolden.WriteTo(_directory.Path);
        string printed = await _node.RunAsync("read-golden.mjs", _directory.Path, GoldenFiles.Folder);
        string[] lines = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] failed = [.. lines.Where(l => !l.StartsWith("ok ", StringComparison.Ordinal))];
        foreach (string line in failed)
            output.WriteLine(line);
        Assert.Equal(NotReadByJavaScript, failed.Select(l => l.Split(' ', ':')[1]));
        Assert.Equal(written.Order(StringComparer.Ordinal), lines.Select(l => l.Split(' ', ':')[1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_comparison_notices_one_wrong_value()
    {
        const string name = "cpp-21.0.0/generated_primitive";
        (Schema schema, List<RecordBatch> batches) = IpcForms.ReadFile(GoldenFiles.FileOf(name));
        int column = schema.IndexOf("int32_nonnullable");
        ArrayData right = batches[0].Columns[column];
        byte[] values = right.Buffers[1].ToArray();
        values[4] ^= 1;
        ArrayData[] columns = [.. batches[0].Columns];
        columns[column] = new ArrayData(right.Type, right.Length, 0, [default, values]);
        batches[0] = new RecordBatch(schema, batches[0].RowCount, columns);
        await File.WriteAllBytesAsync(_directory.File("cpp-21.0.0__generated_primitive.stream.planted"), IpcForms.WriteStream(schema, batches));
        string line = await _node.RunAsync("read-golden.mjs", _directory.Path, GoldenFiles.Folder);
        Assert.StartsWith("fail cpp-21.0.0__generated_primitive.stream.planted: ", line);
        Assert.EndsWith("batch 0 int32_nonnullable[1]: 2147483646, expected 2147483647", line.TrimEnd());
    }

    [Fact]
    public async Task It_follows_dictionaries_that_grow_and_are_replaced()
    {
        var type = new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false);
        var schema = new Schema([new Field("d", type)]);
        RecordBatch Batch(string[] values, params byte[] codes) =>
            new(schema, codes.Length, [new ArrayData(type, codes.Length, 0, [default, codes], null, Texts(values))]);
        RecordBatch[] growing = [Batch(["a", "b"], 0, 1), Batch(["a", "b", "c"], 2, 0), Batch(["a", "b", "c", "d"], 3)];
        string[] expected = ["""["a","b"]""", """["c","a"]""", """["d"]"""];
        Assert.Equal(expected, await RowsAsync("growing.stream", IpcForms.WriteStream(schema, growing)));
        Assert.Equal(expected, await RowsAsync("growing.file", IpcForms.WriteFile(schema, growing)));
        byte[] replaced = IpcForms.WriteStream(schema, [.. growing, Batch(["x", "y"], 1, 0)]);
        string[] expectedThen = [.. expected, """["y","x"]"""];
        Assert.Equal(expectedThen, await RowsAsync("replaced.stream", replaced));
    }

    [Fact]
    public async Task It_reads_slices_and_half_floats()
    {
        var half = new Schema([new Field("h", ArrowTypes.Float16)]);
        byte[] values = [.. new[] { 0.5, -2, 65504 }.SelectMany(v => BitConverter.GetBytes((Half)v))];
        RecordBatch halves = new(half, 3, [new ArrayData(ArrowTypes.Float16, 3, 0, [default, values])]);
        Assert.Equal("[0.5,-2,65504]", Assert.Single(await RowsAsync("half", IpcForms.WriteStream(half, [halves]))));
        var text = new Schema([new Field("t", ArrowTypes.Utf8)]);
        RecordBatch texts = new(text, 4, [Texts(["one", "two", "three", "four"])]);
        Assert.Equal("""["two","three"]""", Assert.Single(await RowsAsync("slice", IpcForms.WriteStream(text, [texts.Slice(1, 2)]))));
    }

    private async Task<string[]> RowsAsync(string name, byte[] bytes)
    {
        string path = _directory.File(name);
        await File.WriteAllBytesAsync(path, bytes);
        return (await _node.RunAsync("print-rows.mjs", path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static ArrayData Texts(string[] values)
    {
        var builder = new Utf8Builder();
        foreach (string value in values)
            builder.Append(value);
        return builder.Build();
    }
}
