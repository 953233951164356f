using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Tests.Ipc;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Storage.Zones;
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

    /// <summary>Every flat type, and nested ones over most of them.</summary>
    private static readonly string[] Types =
    [
        "null", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "decimal32(9, 2)",
        "decimal64(18, 0)", "decimal128(38, 10)", "decimal256(76, 30)", "utf8", "large_utf8", "utf8_view", "binary", "large_binary", "binary_view",
        "fixed_size_binary[0]", "fixed_size_binary[16]", "date32", "date64", "time32[s]", "time32[ms]", "time64[us]", "time64[ns]", "timestamp[s]",
        "timestamp[ns, Europe/Berlin]", "duration[ms]", "interval[year_month]", "interval[day_time]", "interval[month_day_nano]",
        "list<utf8>", "large_list<int64>", "fixed_size_list<float64>[3]", "fixed_size_list<null>[2]", "map<utf8, list<int32>>",
        "struct<a: int64, b: struct<c: utf8_view, d: decimal128(5, 1)>>", "list<list<list<bool>>>",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(1_025)]
    public void Every_type_comes_back_whatever_its_values_and_nulls(int rows)
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        using TempDirectory directory = new();
        for (int round = 0; round < 6; round++)
        {
            Schema schema = new([.. Types.Select((t, i) => new Field($"c{i}", TypeNames.Parse(t)))]);
            int[] sizes = [rows, Math.Max(1, rows / 3)];
            RecordBatch[] blocks = [.. sizes.Select(size => new RecordBatch(
                schema, size, [.. schema.Fields.Select(f => RandomArrays.Next(random, f.Type, size))]))];
            Check(directory.File($"{rows}-{round}.seg"), schema, blocks, round % 2 == 0 ? StreamKey.None : SegmentTesting.Key);
        }
    }

    [Fact]
    public void Full_blocks_come_back_too()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        using TempDirectory directory = new();
        Schema schema = TypeNames.ParseSchema("a: int64, b: float64, c: utf8, d: bool, e: uint16, f: list<int8>, g: utf8_view");
        RecordBatch[] blocks = [.. ((int[])[65_536, 1, 65_536]).Select(size => new RecordBatch(
            schema, size, [.. schema.Fields.Select(f => RandomArrays.Next(random, f.Type, size))]))];
        Check(directory.File("full.seg"), schema, blocks, SegmentTesting.Key);
    }

    [Fact]
    public void Clustered_rows_keep_their_offsets()
    {
        using SegmentFolder folder = new();
        MemorySource rows = SmallRows.Source(clustered: true);
        SegmentFile file = folder.Write(rows);
        Assert.True(file.Info.IsClustered);
        for (int block = 0; block < file.BlockCount; block++)
        {
            Assert.True(ArrayEquality.Equals(rows.Offsets(block)!, file.Offsets(block, null)));
            Assert.Null(file.Block(block).FirstOffset);
            long[] offsets = [.. Enumerable.Range(0, rows.RowCountOf(block)).Select(i => ArrayReader.GetInt64(rows.Offsets(block)!, i))];
            Zone bounds = file.Block(block).OffsetZone;
            Assert.Equal((offsets.Min(), offsets.Max()), ((long)bounds.Least.Whole, (long)bounds.Greatest.Whole));
        }
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
