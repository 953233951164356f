using System.Runtime.InteropServices;
using Varve.Arrow.Ipc;
using Varve.Arrow.Validation;

namespace Varve.Arrow.Tests.Ipc;

public class GoldenFileTests
{
    public static TheoryData<string> Covered => [.. GoldenFiles.Read()];

    public static TheoryData<string> Refused => [.. GoldenFiles.Refused.Keys];

    [Fact]
    public void No_golden_case_is_left_out()
    {
        Assert.Equal(69, GoldenFiles.All().Count());
        Assert.Equal(64, GoldenFiles.Read().Count());
    }

    [Theory]
    [MemberData(nameof(Covered))]
    public void A_golden_stream_holds_what_its_json_says(string name)
    {
        (Schema schema, List<RecordBatch> batches) = IpcForms.ReadStream(GoldenFiles.Stream(name));
        AssertStream(name, schema, batches);
    }

    [Theory]
    [MemberData(nameof(Covered))]
    public void A_golden_stream_is_read_the_same_from_a_stream_that_cannot_seek(string name)
    {
        using var reader = new IpcStreamReader(new TricklingStream(GoldenFiles.Stream(name)));
        AssertStream(name, reader.Schema, IpcForms.ReadAll(reader));
    }

    [Theory]
    [MemberData(nameof(Covered))]
    public void A_golden_file_holds_what_its_json_says(string name)
    {
        (Schema schema, List<RecordBatch> batches) = IpcForms.ReadFile(GoldenFiles.FileOf(name));
        GoldenJson.Load(name).AssertEqual(schema, batches);
    }

    [Theory]
    [MemberData(nameof(Covered))]
    public void A_golden_case_written_again_holds_the_same(string name)
    {
        GoldenJson golden = GoldenJson.Load(name);
        (Schema schema, List<RecordBatch> batches) = IpcForms.ReadFile(GoldenFiles.FileOf(name));
        foreach (BodyCompression compression in Enum.GetValues<BodyCompression>())
        {
            (Schema streamSchema, List<RecordBatch> streamBatches) = IpcForms.ReadStream(IpcForms.WriteStream(schema, batches, compression));
            golden.AssertEqual(streamSchema, streamBatches);
            (Schema fileSchema, List<RecordBatch> fileBatches) = IpcForms.ReadFile(IpcForms.WriteFile(schema, batches, compression));
            golden.AssertEqual(fileSchema, fileBatches);
        }
    }

    [Theory]
    [MemberData(nameof(Covered))]
    public void Golden_batches_are_valid_save_for_those_of_old_writers(string name)
    {
        (_, List<RecordBatch> batches) = IpcForms.ReadFile(GoldenFiles.FileOf(name));
        ArrowFormatException? error = null;
        try
        {
            batches.ForEach(ArrayValidation.Validate);
        }
        catch (ArrowFormatException e)
        {
            error = e;
        }

        Assert.True((error is not null) == GoldenFiles.Invalid.Contains(name), error?.Message ?? "valid");
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_golden_case_of_a_type_that_is_not_read_is_refused_by_name(string name)
    {
        var stream = Assert.Throws<ArrowFormatException>(() => IpcForms.ReadStream(GoldenFiles.Stream(name)));
        Assert.Contains($"is of Arrow type {GoldenFiles.Refused[name]}, which Varve does not read", stream.Message);
        var file = Assert.Throws<ArrowFormatException>(() => IpcForms.ReadFile(GoldenFiles.FileOf(name)));
        Assert.Equal(stream.Message, file.Message);
    }

    [Fact]
    public void The_comparison_notices_one_wrong_value()
    {
        const string name = "cpp-21.0.0/generated_binary";
        byte[] file = GoldenFiles.FileOf(name);
        (Schema schema, List<RecordBatch> batches) = IpcForms.ReadFile(file);
        ArrayData column = batches[0].Columns[schema.IndexOf("binary_nonnullable")];
        Assert.True(MemoryMarshal.TryGetArray(column.Buffers[2], out ArraySegment<byte> bytes));
        bytes.Array![bytes.Offset] ^= 1;
        var error = Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => GoldenJson.Load(name).AssertEqual(schema, batches));
        Assert.Contains("binary_nonnullable[0]: 1744005C, expected 1644005C", error.Message);
    }

    private static void AssertStream(string name, Schema schema, List<RecordBatch> batches)
    {
        GoldenJson golden = GoldenJson.Load(name);
        if (name.EndsWith("map_non_canonical", StringComparison.Ordinal))
            golden.AssertEqualSaveForMapNames(schema, batches);
        else
            golden.AssertEqual(schema, batches);
    }
}
