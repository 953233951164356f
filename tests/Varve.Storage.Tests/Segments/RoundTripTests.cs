using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Tests.Ipc;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments;

public class RoundTripTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_batches_of_random_types_come_back_as_they_were()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        using TempDirectory directory = new();
        for (int round = 0; round < 60; round++)
        {
            RandomBatches batches = new(random);
            Schema schema = batches.Schema(withDictionaries: false);
            RecordBatch[] blocks = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => NotEmpty(batches, schema))];
            Check(directory.File($"{round}.seg"), schema, blocks, random.Next(2) == 0 ? StreamKey.None : SegmentTesting.Key);
        }
    }

    public static TheoryData<string> Golden =>
        [.. Directory.GetFiles(RepositoryRoot.Data("arrow-golden", "cpp-21.0.0"), "*.stream")
            .Select(f => Path.GetFileNameWithoutExtension(f)!)
            .Except(["generated_list_view", "generated_run_end_encoded", "generated_union"])
            .Order()];

    [Theory]
    [MemberData(nameof(Golden))]
    public void Arrows_own_test_files_come_back_as_they_were(string file)
    {
        using IpcStreamReader reader = new(File.ReadAllBytes(RepositoryRoot.Data("arrow-golden", "cpp-21.0.0", file + ".stream")));
        List<RecordBatch> blocks = [];
        while (reader.ReadNext() is { } batch)
        {
            if (batch.RowCount > 0)
                blocks.Add(DictionaryDecoder.Flatten(batch));
        }

        if (blocks.Count == 0)
            return;
        using TempDirectory directory = new();
        Check(directory.File("golden.seg"), DictionaryDecoder.Flatten(reader.Schema), blocks, SegmentTesting.Key);
    }

    private static RecordBatch NotEmpty(RandomBatches batches, Schema schema)
    {
        while (true)
        {
            RecordBatch batch = batches.Batch(schema);
            if (batch.RowCount > 0)
                return batch;
        }
    }

    private static void Check(string path, Schema schema, IReadOnlyList<RecordBatch> blocks, StreamKey key)
    {
        MemorySource rows = new(schema, blocks, firstOffset: 1_000);
        SegmentInfo info = SegmentTesting.Write(path, rows, key);
        Assert.InRange(rows.AskedMax, 0, 2);
        Assert.Equal(new FileInfo(path).Length, info.FileBytes);
        SegmentFile file = SegmentTesting.Open(path, info, schema, key);
        SegmentTesting.CheckRows(file, schema, blocks);
        for (int block = 0; block < blocks.Count; block++)
        {
            Assert.True(ArrayEquality.Equals(rows.Times(block), file.Times(block, null)));
            Assert.Equal(file.Block(block).FirstOffset, ArrayReader.GetInt64(file.Offsets(block, null), 0));
        }
    }
}
