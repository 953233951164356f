using System.Buffers;
using Varve.Arrow.Builders;
using Varve.Arrow.Json;
using Varve.Arrow.Tests.Ipc;
using Varve.Arrow.Transform;
using Varve.Arrow.Validation;
using Varve.Arrow.Values;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Validation;

/// <summary>Arrow's golden files and its collection of damaged ones, taken through everything that a stream does with arrays.</summary>
public class GoldenArraysTests(ITestOutputHelper output)
{
    /// <summary>Old files with values that the format has ruled out since: decimals with too many digits, a time of 24:00.</summary>
    private static readonly string[] OldCases =
    [
        "0.14.1/generated_decimal", "1.0.0-littleendian/generated_decimal", "1.0.0-littleendian/generated_decimal256",
        "1.0.0-littleendian/generated_datetime",
    ];

    public static TheoryData<string> OutOfRange => [.. OldCases];

    public static TheoryData<string> Golden => [.. GoldenFiles.Read().Except(OldCases)];

    public static TheoryData<string> Corpus => FuzzCorpusTests.Corpus;

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_golden_batch_is_valid_and_kept_by_a_growing_column_by_ipc_and_by_json(string name)
    {
        (_, List<RecordBatch> batches) = IpcForms.ReadStream(GoldenFiles.Stream(name));
        foreach (RecordBatch batch in batches)
        {
            ArrayValidation.Validate(batch);
            RecordBatch flat = DictionaryDecoder.Flatten(batch);
            ArrayValidation.Validate(flat);
            RecordBatch kept = new(flat.Schema, flat.RowCount, [.. flat.Columns.Select(Keep)]);
            Assert.True(ArrayEquality.Equals(flat, kept));
            (_, List<RecordBatch> sent) = IpcForms.ReadStream(IpcForms.WriteStream(kept.Schema, [kept], default));
            Assert.True(ArrayEquality.Equals(flat, Assert.Single(sent)));
            if (flat.Schema.Fields.Select(f => f.Name).Distinct().Count() < flat.Schema.Fields.Count)
                continue;
            ArrayBufferWriter<byte> lines = new();
            JsonRows.Write(kept, lines);
            Assert.True(ArrayEquality.Equals(flat, JsonRows.Parse(flat.Schema, lines.WrittenSpan)));
        }
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_golden_batch_with_values_out_of_range_is_refused(string name)
    {
        (_, List<RecordBatch> batches) = IpcForms.ReadStream(GoldenFiles.Stream(name));
        ArrowFormatException e = Assert.Throws<ArrowFormatException>(() => batches.ForEach(ArrayValidation.Validate));
        Assert.NotNull(e.RowIndex);
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void A_damaged_file_that_is_read_is_refused_by_the_check_or_kept_whole(string name)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(RepositoryRoot.Data("arrow-fuzz", name));
            bool isFile = name.StartsWith("file", StringComparison.Ordinal);
            (_, List<RecordBatch> batches) = isFile ? IpcForms.ReadFile(bytes) : IpcForms.ReadStream(bytes);
            foreach (RecordBatch batch in batches)
            {
                ArrayValidation.Validate(batch);
                RecordBatch flat = DictionaryDecoder.Flatten(batch, bytesMax: 64 << 20);
                Assert.All(flat.Columns, column => Assert.True(ArrayEquality.Equals(column, Keep(column))));
            }
        }
        catch (ArrowFormatException e)
        {
            output.WriteLine(e.Message);
        }
    }

    private static ArrayData Keep(ArrayData array)
    {
        ColumnAppender column = ColumnAppender.Create(array.Type, array.Length);
        for (int start = 0; start < array.Length; start += 5)
            column.Append(array, start, Math.Min(5, array.Length - start));
        return column.Snapshot(array.Length);
    }
}
