using System.Runtime.InteropServices;
using Varve.Arrow.Builders;
using Varve.Arrow.Tests.Model;
using Varve.Arrow.Transform;
using Varve.Arrow.Validation;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Transform;

public class TransformTests(ITestOutputHelper output)
{
    [Fact]
    public void Taken_rows_are_the_chosen_ones_and_minus_one_is_null()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        foreach (Field field in Fields(random))
        {
            object?[] rows = RandomValues.Rows(random, field, 1 + random.Next(50));
            ArrayData array = RandomValues.Array(random, field, rows);
            int[] indices = [.. Enumerable.Range(0, random.Next(80)).Select(_ => random.Next(-1, rows.Length))];
            ArrayData taken = ArrayTake.Take(array, indices);
            PlainRows.AssertEqual([.. indices.Select(i => i < 0 ? null : rows[i])], taken);
            ArrayValidation.Validate(new Field("c", field.Type), taken);
        }
    }

    [Fact]
    public void An_index_that_is_no_row_is_refused()
    {
        ArrayData array = ColumnAppender.Nulls(ArrowTypes.Int64, 3);
        Assert.Equal(1, ArrayTake.Take(array, [2]).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrayTake.Take(array, [3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrayTake.Take(array, [-2]));
    }

    [Fact]
    public void Concatenated_arrays_hold_all_rows_in_order()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        foreach (Field field in Fields(random))
        {
            object?[][] parts = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => RandomValues.Rows(random, field, random.Next(70)))];
            ArrayData all = ArrayConcat.Concat([.. parts.Select(p => RandomValues.Array(random, field, p))]);
            PlainRows.AssertEqual([.. parts.SelectMany(p => p)], all);
            ArrayValidation.Validate(field, all);
        }
    }

    [Fact]
    public void Rows_that_one_array_cannot_hold_are_refused_as_data_at_fault()
    {
        byte[] view = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        ArrayData[] views = [.. Enumerable.Repeat(new ArrayData(ArrowTypes.BinaryView, 1, 0, [default, view, new byte[16 << 20]]), 4)];
        Assert.Equal(2, ArrayConcat.Concat(views[..2]).Length);
        Assert.Throws<ArrowFormatException>(() => ArrayConcat.Concat([.. views.Select(v => ArrayTake.Take(v, new int[128]))]));
    }

    [Fact]
    public void Batches_of_different_schemas_are_not_concatenated()
    {
        RecordBatch numbers = new RecordBatchBuilder(new Schema([new Field("a", ArrowTypes.Int64)])).AppendRow(1).Build();
        RecordBatch texts = new RecordBatchBuilder(new Schema([new Field("a", ArrowTypes.Utf8)])).AppendRow("1").Build();
        Assert.Equal(2, ArrayConcat.Concat([numbers, numbers]).RowCount);
        Assert.Throws<ArgumentException>(() => ArrayConcat.Concat([numbers, texts]));
        Assert.Throws<ArgumentException>(() => ArrayConcat.Concat([new DictionaryBuilder(Codes).Build(), new DictionaryBuilder(Codes).Build()]));
    }

    private static readonly DictionaryType Codes = new(ArrowTypes.Int8, ArrowTypes.Utf8, false);

    [Fact]
    public void Dictionaries_are_flattened_at_any_depth_with_nulls_in_codes_and_in_values()
    {
        Utf8Builder texts = new();
        texts.Append("x");
        texts.AppendNull();
        texts.Append("z");
        ArrayData values = texts.Build();
        ArrayData codes = new(Codes, 5, 1, [new byte[] { 0b11101 }, new byte[] { 2, 77, 1, 0, 2 }], dictionary: values);
        Field list = new("l", new ListType(new Field("item", Codes)));
        ArrayData lists = new(list.Type, 2, 0, [default, MemoryMarshal.AsBytes<int>([0, 2, 5]).ToArray()], [codes]);
        Field plain = new("n", ArrowTypes.Int8);
        ArrayData nulls = ColumnAppender.Nulls(ArrowTypes.Int8, 2);
        RecordBatch batch = new(new Schema([new Field("c", Codes), list, plain]), 2, [codes.Slice(1, 2), lists, nulls]);
        ArrayValidation.Validate(batch);

        RecordBatch flat = DictionaryDecoder.Flatten(batch);
        Assert.Equal(TypeNames.ParseSchema("c: utf8, l: list<utf8>, n: int8"), flat.Schema);
        PlainRows.AssertEqual([null, null], flat.Columns[0]);
        PlainRows.AssertEqual([new object?[] { "z", null }, new object?[] { null, "x", "z" }], flat.Columns[1]);
        Assert.Same(batch.Columns[2], flat.Columns[2]);
        Assert.Same(flat, DictionaryDecoder.Flatten(flat));
        ArrayValidation.Validate(flat);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(0xFF, false)]
    public void A_code_that_the_dictionary_does_not_have_is_refused(byte code, bool isFine)
    {
        ArrayData values = ColumnAppender.Nulls(ArrowTypes.Utf8, 3);
        ArrayData codes = new(Codes, 2, 0, [default, new byte[] { 0, code }], dictionary: values);
        RecordBatch batch = new(new Schema([new Field("c", Codes)]), 2, [codes]);
        if (isFine)
        {
            Assert.Equal(2, DictionaryDecoder.Flatten(batch).Columns[0].NullCount);
            return;
        }

        ArrowFormatException e = Assert.Throws<ArrowFormatException>(() => DictionaryDecoder.Flatten(batch));
        Assert.Contains("column 'c' row 1", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArrowFormatException>(() => ArrayValidation.Validate(batch));
    }

    [Fact]
    public void A_dictionary_that_would_become_too_big_is_refused_before_memory_is_taken()
    {
        Utf8Builder long1 = new();
        long1.Append(new string('x', 1 << 20));
        ArrayData codes = new(Codes, 1 << 16, 0, [default, new byte[1 << 16]], dictionary: long1.Build());
        Assert.Throws<ArrowFormatException>(() => DictionaryDecoder.Flatten(codes));
        Assert.Throws<ArrowFormatException>(() => DictionaryDecoder.Flatten(codes.Slice(0, 100), bytesMax: 50 << 20));
        Assert.Equal(100, DictionaryDecoder.Flatten(codes.Slice(0, 100), bytesMax: 200 << 20).Length);
    }

    private static IEnumerable<Field> Fields(Random random) =>
        [.. RandomTypes.Flat.Select(t => new Field("c", t)), .. Enumerable.Range(0, 150).Select(_ => RandomTypes.NextField(random, "c"))];
}
