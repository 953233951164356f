using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Transform;

namespace Varve.Storage.Tests.Engine;

public class AppendCheckTests
{
    private static readonly Field Number = Rows.Schema.Fields[0];

    [Fact]
    public async Task An_unknown_column_is_refused_with_what_was_expected()
    {
        StorageException e = await RefusedAsync(Rows.Batch(new Schema([Number, new Field("txt", ArrowTypes.Utf8)]), [1L, "a"]));
        Assert.Equal(StorageErrorCode.SchemaMismatch, e.Code);
        Assert.Equal("cannot append to stream 's': column 'txt' is not one of the stream's columns; found utf8, expected n, text", e.Message);
    }

    [Fact]
    public async Task A_column_of_another_type_is_refused()
    {
        StorageException e = await RefusedAsync(Rows.Batch(new Schema([new Field("n", ArrowTypes.Int32)]), [1]));
        Assert.Equal(StorageErrorCode.SchemaMismatch, e.Code);
        Assert.Equal("cannot append to stream 's': column 'n': expected int64, found int32", e.Message);
    }

    [Fact]
    public async Task A_null_in_a_column_without_nulls_is_refused()
    {
        StorageException e = await RefusedAsync(Rows.Batch(new Schema([new Field("n", ArrowTypes.Int64)]), [1L], [null]));
        Assert.Equal(StorageErrorCode.SchemaMismatch, e.Code);
        Assert.Equal("cannot append to stream 's': column 'n': expected int64 not null, found 1 nulls in 2 rows", e.Message);
    }

    [Fact]
    public async Task A_missing_column_without_nulls_is_refused()
    {
        StorageException e = await RefusedAsync(Rows.Batch(new Schema([Rows.Schema.Fields[1]]), ["a"]));
        Assert.Equal(StorageErrorCode.SchemaMismatch, e.Code);
        Assert.StartsWith("cannot append to stream 's': column 'n' is missing; expected int64 not null", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_given_twice_is_refused()
    {
        StorageException e = await RefusedAsync(Rows.Batch(new Schema([Number, Number]), [1L, 2L]));
        Assert.Equal(StorageErrorCode.SchemaMismatch, e.Code);
        Assert.Equal("cannot append to stream 's': column 'n' stands in the batch twice", e.Message);
    }

    [Fact]
    public async Task Case_matters_in_the_names_of_columns()
    {
        StorageException e = await RefusedAsync(Rows.Batch(new Schema([new Field("N", ArrowTypes.Int64)]), [1L]));
        Assert.Equal(StorageErrorCode.SchemaMismatch, e.Code);
    }

    [Fact]
    public async Task Invalid_utf8_is_refused()
    {
        ArrayData text = new(ArrowTypes.Utf8, 1, 0, [default, new byte[] { 0, 0, 0, 0, 2, 0, 0, 0 }, new byte[] { 0xC3, 0x28 }]);
        StorageException e = await RefusedAsync(new RecordBatch(Rows.Schema, 1, [Rows.Of(1).Columns[0], text]));
        Assert.Equal(StorageErrorCode.InvalidData, e.Code);
        Assert.Contains("'text'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offsets_out_of_range_are_refused()
    {
        ArrayData text = new(ArrowTypes.Utf8, 1, 0, [default, new byte[] { 0, 0, 0, 0, 0, 0, 0, 64 }, new byte[8]]);
        StorageException e = await RefusedAsync(new RecordBatch(Rows.Schema, 1, [Rows.Of(1).Columns[0], text]));
        Assert.Equal(StorageErrorCode.InvalidData, e.Code);
    }

    [Fact]
    public async Task A_wrong_count_of_nulls_is_refused()
    {
        ArrayData number = Rows.Of(1).Columns[0];
        ArrayData lying = new(number.Type, 1, 0, [new byte[] { 0 }, number.Buffers[1]]);
        StorageException e = await RefusedAsync(new RecordBatch(Rows.Schema, 1, [lying, Rows.Of(1).Columns[1]]));
        Assert.Equal(StorageErrorCode.InvalidData, e.Code);
    }

    [Fact]
    public async Task An_unknown_stream_is_refused_and_case_is_hinted_at()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("Flights", Rows.Schema);
        StorageException none = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AppendAsync("none", Rows.Of(1)));
        StorageException other = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AppendAsync("flights", Rows.Of(1)));
        Assert.Equal(StorageErrorCode.StreamNotFound, none.Code);
        Assert.Equal("no stream 'none' exists", none.Message);
        Assert.Equal("no stream 'flights' exists; a stream 'Flights' exists, and case matters", other.Message);
    }

    [Fact]
    public async Task Dictionaries_are_written_out()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Schema coded = new([new Field("c", new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false))]);
        StreamDescription stream = await host.Engine.CreateStreamAsync("s", coded);
        Assert.Equal(new Schema([new Field("c", ArrowTypes.Utf8)]), stream.Schema);

        await host.Engine.AppendAsync("s", Rows.Batch(coded, ["a"], ["b"], [null], ["a"]));
        await host.Engine.AppendAsync("s", DictionaryDecoder.Flatten(Rows.Batch(coded, ["c"])));

        Assert.Equal(["a", "b", null, "a", "c"], host.Engine.OpenView("s").Column("c"));
    }

    [Fact]
    public async Task A_code_beyond_its_dictionary_is_refused()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        DictionaryType type = new(ArrowTypes.Int8, ArrowTypes.Utf8, false);
        await host.Engine.CreateStreamAsync("s", new Schema([new Field("c", type)]));
        ArrayData values = Rows.Batch(new Schema([new Field("v", ArrowTypes.Utf8)]), ["a"]).Columns[0];
        RecordBatch batch = new(new Schema([new Field("c", type)]), 1, [new ArrayData(type, 1, 0, [default, new byte[] { 1 }], dictionary: values)]);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AppendAsync("s", batch));
        Assert.Equal(StorageErrorCode.InvalidData, e.Code);
    }

    [Fact]
    public async Task Short_codes_of_long_values_count_as_what_they_stand_for()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { MaxBatchBytes = 1 << 20 });
        DictionaryType type = new(ArrowTypes.Int8, ArrowTypes.Utf8, false);
        await host.Engine.CreateStreamAsync("s", new Schema([new Field("c", type)]));
        ArrayData values = Rows.Batch(new Schema([new Field("v", ArrowTypes.Utf8)]), [new string('x', 100_000)]).Columns[0];
        RecordBatch batch = new(new Schema([new Field("c", type)]), 100, [new ArrayData(type, 100, 0, [default, new byte[100]], dictionary: values)]);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AppendAsync("s", batch));
        Assert.Equal(StorageErrorCode.BatchTooLarge, e.Code);
    }

    [Fact]
    public async Task Names_of_list_elements_do_not_matter_and_those_of_struct_fields_do()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        ArrowType List(string element) => new ListType(new Field(element, ArrowTypes.Int32));
        ArrowType Struct(string field) => new StructType([new Field(field, ArrowTypes.Int32)]);
        await host.Engine.CreateStreamAsync("s", new Schema([new Field("l", List("item")), new Field("r", Struct("a"))]));

        await host.Engine.AppendAsync("s", Rows.Batch(new Schema([new Field("l", List("element"))]), new object?[] { new object?[] { 1, 2 } }));
        StorageException e = await Assert.ThrowsAsync<StorageException>(
            () => host.Engine.AppendAsync("s", Rows.Batch(new Schema([new Field("r", Struct("b"))]), new object?[] { new object?[] { 1 } })));

        Assert.Equal("cannot append to stream 's': column 'r': expected struct<a: int32>, found struct<b: int32>", e.Message);
        Assert.Equal(List("item"), host.Engine.OpenView("s").Chunks[0].Columns[0].Type);
    }

    [Fact]
    public async Task A_null_element_where_the_stream_has_none_is_refused_whatever_the_batch_says()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", new Schema([new Field("l", new ListType(new Field("item", ArrowTypes.Int32, isNullable: false)))]));
        Schema lenient = new([new Field("l", new ListType(new Field("item", ArrowTypes.Int32)))]);
        await host.Engine.AppendAsync("s", Rows.Batch(lenient, new object?[] { new object?[] { 1 } }));
        StorageException e = await Assert.ThrowsAsync<StorageException>(() =>
            host.Engine.AppendAsync("s", Rows.Batch(lenient, new object?[] { new object?[] { null } })));
        Assert.Equal(StorageErrorCode.InvalidData, e.Code);
    }

    [Fact]
    public async Task Arrays_whose_children_are_not_those_of_their_type_are_refused()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Schema schema = new([new Field("l", new ListType(new Field("item", ArrowTypes.Int32)))]);
        await host.Engine.CreateStreamAsync("s", schema);
        ArrayData list = Rows.Batch(schema, new object?[] { new object?[] { 1 } }).Columns[0];
        foreach (ArrayData[] children in new ArrayData[][] { [], [list.Children[0], list.Children[0]] })
        {
            ArrayData wrong = new(new ListType(new Field("other", ArrowTypes.Int32)), 1, 0, list.Buffers, children);
            StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AppendAsync("s", new RecordBatch(schema, 1, [wrong])));
            Assert.Equal(StorageErrorCode.InvalidData, e.Code);
        }
    }

    [Fact]
    public async Task A_batch_without_rows_is_acknowledged_and_leaves_no_trace()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        AppendResult one = await host.Engine.AppendAsync("s", Rows.Of(1));
        AppendResult none = await host.Engine.AppendAsync("s", Rows.Of());
        Assert.Equal(one with { FirstOffset = 1, RowCount = 0 }, none);
        Assert.Equal(one.Position, host.Engine.AppendedUpTo);
        await Assert.ThrowsAsync<StorageException>(() =>
            host.Engine.AppendAsync("s", new RecordBatchBuilder(new Schema([new Field("x", ArrowTypes.Utf8)])).Build()));
    }

    [Fact]
    public async Task A_refused_batch_leaves_nothing_behind()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { MaxBatchBytes = 4096 });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AppendAsync("s", Rows.Range(0, 1000)));
        Assert.Equal(StorageErrorCode.BatchTooLarge, e.Code);
        Assert.Contains("at most 4096", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, host.Engine.Describe("s").EndOffset);
        Assert.Equal(0, host.Engine.Statistics.TailBytes);
        Assert.Equal(0, (await host.Engine.AppendAsync("s", Rows.Of(1))).FirstOffset);
    }

    private static async Task<StorageException> RefusedAsync(RecordBatch batch)
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AppendAsync("s", batch));
        Assert.Equal(0, host.Engine.OpenView("s").EndOffset);
        Assert.Equal(0, host.Engine.Statistics.TailBytes);
        return e;
    }
}
