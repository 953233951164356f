using System.Buffers.Binary;
using System.Text;
using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

public class DictionaryTests
{
    private static readonly DictionaryType Words = new(ArrowTypes.Int32, ArrowTypes.Utf8, IsOrdered: false);
    private static readonly Schema OneColumn = new([new Field("d", Words)]);

    [Fact]
    public void A_replaced_dictionary_leaves_earlier_batches_as_they_were()
    {
        byte[] stream = IpcForms.WriteStream(OneColumn, [Batch(Texts("a", "b"), 0, 1), Batch(Texts("x", "y"), 0, 1)]);
        (_, List<RecordBatch> read) = IpcForms.ReadStream(stream);
        Assert.Equal(["a", "b"], RowText.Of(read[0]));
        Assert.Equal(["x", "y"], RowText.Of(read[1]));
    }

    [Fact]
    public void A_dictionary_that_the_reader_has_is_not_sent_again()
    {
        ArrayData values = Texts("a", "b");
        var tracker = new DictionaryTracker(OneColumn);
        Assert.Single(BatchEncoder.EncodeDictionaries(Batch(values, 0, 1), tracker));
        Assert.Empty(BatchEncoder.EncodeDictionaries(Batch(values, 1), tracker));
        Assert.Empty(BatchEncoder.EncodeDictionaries(Batch(Texts("a", "b"), 1), tracker));
        Assert.Single(BatchEncoder.EncodeDictionaries(Batch(Texts("b", "a"), 1), tracker));
    }

    [Fact]
    public void A_dictionary_that_grew_is_sent_as_a_delta_also_in_a_file()
    {
        RecordBatch[] batches = [Batch(Texts("a", "b"), 0, 1), Batch(Texts("a", "b", null, "c"), 3, 2, 0), Batch(Texts("a"), 0)];
        var tracker = new DictionaryTracker(OneColumn);
        Assert.Single(BatchEncoder.EncodeDictionaries(batches[0], tracker));
        BatchMessage delta = Assert.Single(BatchEncoder.EncodeDictionaries(batches[1], tracker));
        Assert.True(Message.Read(delta.Header.Span).Header.Bool(Slots.DictionaryIsDelta));
        Assert.Empty(BatchEncoder.EncodeDictionaries(batches[2], tracker));

        foreach ((_, List<RecordBatch> read) in (IEnumerable<(Schema, List<RecordBatch>)>)
            [IpcForms.ReadStream(IpcForms.WriteStream(OneColumn, batches)), IpcForms.ReadFile(IpcForms.WriteFile(OneColumn, batches))])
        {
            Assert.Equal(["a", "b"], RowText.Of(read[0]));
            Assert.Equal(["c", "null", "a"], RowText.Of(read[1]));
            Assert.Equal(["a"], RowText.Of(read[2]));
        }
    }

    [Fact]
    public void A_file_refuses_a_dictionary_that_changed_and_says_what_to_do()
    {
        using var stream = new MemoryStream();
        using var writer = new IpcFileWriter(stream, OneColumn);
        writer.Write(Batch(Texts("a", "b"), 0));
        var error = Assert.Throws<ArrowFormatException>(() => writer.Write(Batch(Texts("x"), 0)));
        Assert.Contains("column 'd'", error.Message);
        Assert.Contains("flatten", error.Message);
    }

    [Fact]
    public void A_file_with_a_second_dictionary_for_a_column_is_refused()
    {
        const long first = 0x1122334455667788;
        const long second = 0x0877665544332211;
        var schema = new Schema([new Field("a", Words) { DictionaryId = first }, new Field("b", Words) { DictionaryId = second }]);
        ArrayData column = Batch(Texts("x"), 0).Columns[0];
        byte[] file = IpcForms.WriteFile(schema, [new RecordBatch(schema, 1, [column, column])]);
        Span<byte> id = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(id, second);
        int inStreamSchema = file.AsSpan().IndexOf(id);
        int inMessage = inStreamSchema + 8 + file.AsSpan(inStreamSchema + 8).IndexOf(id);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(inMessage), first);
        var error = Assert.Throws<ArrowFormatException>(() => IpcForms.ReadFile(file));
        Assert.Contains("second dictionary for column 'a'", error.Message);
    }

    [Fact]
    public void Columns_that_share_an_id_share_the_dictionary_also_when_written_again()
    {
        byte[] golden = GoldenFiles.Stream("4.0.0-shareddict/generated_shared_dict");
        (Schema schema, List<RecordBatch> batches) = IpcForms.ReadStream(golden);
        Assert.Same(batches[0].Columns[0].Dictionary, batches[0].Columns[1].Dictionary);
        Assert.Single(BatchEncoder.EncodeDictionaries(batches[0], new DictionaryTracker(schema)));

        ArrayData other = new(Words, 2, 0, batches[0].Columns[1].Buffers, null, Texts("q", "r", "s"));
        var mixed = new RecordBatch(schema, 2, [batches[0].Columns[0], other]);
        var error = Assert.Throws<ArrowFormatException>(() => BatchEncoder.EncodeDictionaries(mixed, new DictionaryTracker(schema)));
        Assert.Contains("column 'col2' cannot be encoded: it shares dictionary 0", error.Message);
    }

    [Fact]
    public void Columns_that_share_an_id_and_not_its_type_of_values_are_refused()
    {
        var numbers = new DictionaryType(ArrowTypes.Int8, ArrowTypes.Int64, false);
        var schema = new Schema([new Field("a", Words) { DictionaryId = 5 }, new Field("b", numbers) { DictionaryId = 5 }]);
        var error = Assert.Throws<ArrowFormatException>(() => new BatchDecoder(schema));
        Assert.Contains("columns 'a' and 'b' share dictionary 5", error.Message);
    }

    [Fact]
    public void A_dictionary_inside_another_may_come_later_and_change()
    {
        var inner = new Field("item", new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false));
        var schema = new Schema([new Field("d", new DictionaryType(ArrowTypes.Int8, new ListType(inner), false))]);
        var decoder = new BatchDecoder(schema);
        ArrayData codes = new(inner.Type, 3, 0, [default, new byte[] { 1, 0, 1 }], null, Texts("a", "b"));
        ArrayData lists = new(new ListType(inner), 2, 0, [default, Int32s(0, 2, 3)], [codes]);
        ArrayData column = new(schema.Fields[0].Type, 2, 0, [default, new byte[] { 1, 0 }], null, lists);
        var rows = new RecordBatch(schema, 2, [column]);
        BatchMessage batch = BatchEncoder.Encode(rows);
        IReadOnlyList<BatchMessage> dictionaries = BatchEncoder.EncodeDictionaries(rows, new DictionaryTracker(schema));
        Assert.Equal(2, dictionaries.Count);

        Decode(decoder, dictionaries[1]);
        Decode(decoder, dictionaries[0]);
        Assert.Equal(["[b]", "[b, a]"], RowText.Of(Decode(decoder, batch)!));
        Decode(decoder, Dictionary(1, Texts("x", "y"), isDelta: false));
        Assert.Equal(["[y]", "[y, x]"], RowText.Of(Decode(decoder, batch)!));
        ArrayData more = new(new ListType(inner), 1, 0, [default, Int32s(0, 1)], [codes.Slice(1, 1)]);
        Decode(decoder, Dictionary(0, more, isDelta: true));
        column = new ArrayData(schema.Fields[0].Type, 1, 0, [default, new byte[] { 2 }], null, lists);
        Assert.Equal(["[x]"], RowText.Of(Decode(decoder, BatchEncoder.Encode(new RecordBatch(schema, 1, [column])))!));
    }

    [Fact]
    public void A_column_of_nulls_may_come_before_its_dictionary_and_any_other_may_not()
    {
        var decoder = new BatchDecoder(OneColumn);
        ArrayData nulls = new(Words, 2, 2, [new byte[1], new byte[8]], null, Texts());
        RecordBatch read = Decode(decoder, BatchEncoder.Encode(new RecordBatch(OneColumn, 2, [nulls])))!;
        Assert.Equal(["null", "null"], RowText.Of(read));
        Assert.Equal(0, read.Columns[0].Dictionary!.Length);
        var error = Assert.Throws<ArrowFormatException>(() => Decode(decoder, BatchEncoder.Encode(Batch(Texts("a"), 0))));
        Assert.Contains("column 'd' refers to the dictionary with id 0, which has not arrived", error.Message);
    }

    [Fact]
    public void Dictionaries_that_fit_nothing_are_refused()
    {
        BatchMessage Message(long id, bool isDelta) => Dictionary(id, Texts("a"), isDelta);
        var decoder = new BatchDecoder(OneColumn);
        Assert.Contains("id 7", Assert.Throws<ArrowFormatException>(() => Decode(decoder, Message(7, false))).Message);
        Assert.Contains("before the dictionary itself", Assert.Throws<ArrowFormatException>(() => Decode(decoder, Message(0, true))).Message);
        Decode(decoder, Message(0, false));
        Decode(decoder, Message(0, true));
    }

    [Fact]
    public void All_dictionaries_of_a_stream_count_against_one_limit()
    {
        var decoder = new BatchDecoder(OneColumn, new IpcLimits { MaxDictionaryBytes = 10_000 });
        BatchMessage delta = Dictionary(0, Texts(new string('x', 900)), isDelta: true);
        Decode(decoder, Dictionary(0, Texts("a"), isDelta: false));
        int accepted = 0;
        var error = Assert.Throws<ArrowFormatException>(() =>
        {
            for (; accepted < 100; accepted++)
                Decode(decoder, delta);
        });
        Assert.Contains("limit of 10000 bytes", error.Message);
        Assert.InRange(accepted, 5, 11);
    }

    [Fact]
    public void Many_small_deltas_cost_what_they_bring()
    {
        const int deltas = 20_000;
        var decoder = new BatchDecoder(OneColumn);
        Decode(decoder, Dictionary(0, Texts("a"), isDelta: false));
        BatchMessage delta = Dictionary(0, Texts("thirteen bytes"), isDelta: true);
        BatchMessage batch = BatchEncoder.Encode(Batch(Texts("a"), 0));
        byte[] deltaBody = Body(delta);
        byte[] batchBody = Body(batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RecordBatch? last = null;
        for (int i = 0; i < deltas; i++)
        {
            decoder.Decode(delta.Header.Span, deltaBody);
            last = decoder.Decode(batch.Header.Span, batchBody);
        }

        Assert.Equal(deltas + 1, last!.Columns[0].Dictionary!.Length);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / deltas, 0, 4_000);
    }

    private static RecordBatch Batch(ArrayData values, params int[] codes) =>
        new(OneColumn, codes.Length, [new ArrayData(Words, codes.Length, 0, [default, Int32s(codes)], null, values)]);

    private static BatchMessage Dictionary(long id, ArrayData values, bool isDelta) =>
        BatchEncoder.EncodeDictionary(id, values, isDelta, BodyCompression.None, new FieldPath(null, "d"));

    private static RecordBatch? Decode(BatchDecoder decoder, BatchMessage message) => decoder.Decode(message.Header.Span, Body(message));

    private static byte[] Body(BatchMessage message) => [.. message.Body.SelectMany(p => p.ToArray())];

    private static ArrayData Texts(params string?[] texts)
    {
        int[] offsets = new int[texts.Length + 1];
        byte[] validity = new byte[Bitmap.ByteCount(texts.Length)];
        var data = new List<byte>();
        for (int i = 0; i < texts.Length; i++)
        {
            data.AddRange(Encoding.UTF8.GetBytes(texts[i] ?? ""));
            offsets[i + 1] = data.Count;
            validity[i >> 3] |= (byte)(texts[i] is null ? 0 : 1 << (i & 7));
        }

        int nulls = texts.Count(t => t is null);
        return new ArrayData(ArrowTypes.Utf8, texts.Length, nulls, [nulls == 0 ? default : validity, Int32s(offsets), data.ToArray()]);
    }

    private static byte[] Int32s(params int[] values)
    {
        byte[] bytes = new byte[values.Length * 4];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), values[i]);
        return bytes;
    }
}
