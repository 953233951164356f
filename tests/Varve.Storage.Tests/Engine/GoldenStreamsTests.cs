using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Testing;

namespace Varve.Storage.Tests.Engine;

/// <summary>Arrow's own test files as streams: every type there is, as another implementation writes it.</summary>
public class GoldenStreamsTests
{
    /// <summary>What a stream cannot hold: a doubled name, and types that are refused.</summary>
    private static readonly string[] Refused =
        ["generated_duplicate_fieldnames", "generated_list_view", "generated_run_end_encoded", "generated_union"];

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(RepositoryRoot.Data("arrow-golden", "cpp-21.0.0"), "*.stream")
            .Select(f => Path.GetFileNameWithoutExtension(f)!)
            .Except(Refused)
            .Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task What_is_appended_is_read_back_before_and_after_reopening(string file)
    {
        (Schema schema, List<RecordBatch> batches) = Read(file);
        await using EngineHost host = await EngineHost.StartAsync(o => o with { LogSizes = new LogSizes { ZeroAheadBytes = 0 } });
        StreamDescription stream = await host.Engine.CreateStreamAsync("golden", schema);
        Assert.Equal(DictionaryDecoder.Flatten(schema), stream.Schema);
        foreach (RecordBatch batch in batches)
            await host.Engine.AppendAsync("golden", batch);
        RecordBatch? expected = batches.Sum(b => b.RowCount) == 0 ? null : ArrayConcat.Concat([.. batches.Select(b => DictionaryDecoder.Flatten(b))]);
        for (int i = 0; i < 2; i++)
        {
            Check(host.Engine.OpenView("golden"), expected);
            await host.ReopenAsync();
        }
    }

    [Fact]
    public async Task What_cannot_be_kept_is_refused_by_name()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        (Schema schema, _) = Read("generated_duplicate_fieldnames");
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.CreateStreamAsync("s", schema));
        Assert.Equal(StorageErrorCode.InvalidSchema, e.Code);
        Assert.All(Refused[1..], f => Assert.Throws<ArrowFormatException>(() => Read(f)));
    }

    private static (Schema Schema, List<RecordBatch> Batches) Read(string file)
    {
        using IpcStreamReader reader = new(File.ReadAllBytes(RepositoryRoot.Data("arrow-golden", "cpp-21.0.0", file + ".stream")));
        List<RecordBatch> batches = [];
        while (reader.ReadNext() is { } batch)
            batches.Add(batch);
        return (reader.Schema, batches);
    }

    private static void Check(StreamView view, RecordBatch? expected)
    {
        view.CheckShape();
        Assert.Equal(expected?.RowCount ?? 0, view.EndOffset);
        if (expected is null)
            return;
        for (int i = 0; i < expected.Columns.Count; i++)
        {
            ArrayData found = ArrayConcat.Concat([.. view.Chunks.Select(c => c.Columns[i])]);
            Assert.True(ArrayEquality.Equals(expected.Columns[i], found), $"column '{view.Stream.Schema.Fields[i]}' differs");
        }
    }
}
