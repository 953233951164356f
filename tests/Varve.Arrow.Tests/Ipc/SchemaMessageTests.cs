using System.Buffers.Binary;
using Varve.Arrow.FlatBuffers;
using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

public class SchemaMessageTests
{
    private static readonly StructType Pair = new([new Field("k", ArrowTypes.Utf8, false), new Field("v", ArrowTypes.Utf8)]);

    private static readonly Schema Sample = new(
        [
            new Field("id", ArrowTypes.Int64, isNullable: false),
            new Field("at", new TimestampType(TimeUnit.Nanosecond, "Europe/Paris"), metadata: new Dictionary<string, string> { ["unit"] = "°C" }),
            new Field("tags", new MapType(new Field("entries", Pair, false), false)),
        ],
        new Dictionary<string, string> { ["origin"] = "µ", ["empty"] = "" });

    [Fact]
    public void A_schema_is_read_from_each_of_its_forms()
    {
        byte[] bare = SchemaMessage.Encode(Sample);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bare.Length);
        foreach (byte[] form in (byte[][])[bare, SchemaMessage.EncodeEncapsulated(Sample), [.. length, .. bare], [.. length, .. bare, 0, 0, 0, 0]])
        {
            Schema read = SchemaMessage.Decode(form);
            Assert.Equal(Sample, read);
            Assert.Equal(Sample.Metadata, read.Metadata);
            Assert.Equal(Sample.Fields[1].Metadata, read.Fields[1].Metadata);
        }
    }

    [Fact]
    public void Messages_are_padded_to_8_and_opened_by_the_continuation_mark()
    {
        byte[] message = SchemaMessage.EncodeEncapsulated(Sample);
        Assert.Equal(0, message.Length % 8);
        Assert.Equal(0xFFFFFFFF, BinaryPrimitives.ReadUInt32LittleEndian(message));
        Assert.Equal(message.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(4)));
    }

    [Fact]
    public void A_schema_with_one_dictionary_holds_no_8_byte_scalar()
    {
        const long absent = -7;
        var schema = new Schema([new Field("d", new DictionaryType(ArrowTypes.Int32, ArrowTypes.Utf8, false))]);
        FlatTable message = FlatTable.Root(SchemaMessage.Encode(schema));
        Assert.Equal(absent, message.Int64(Slots.MessageBodyLength, absent));
        FlatTable field = message.Table(Slots.MessageHeader).Vector(Slots.SchemaFields, 4).Table(0);
        Assert.Equal(absent, field.Table(Slots.FieldDictionary).Int64(Slots.EncodingId, absent));
    }

    [Fact]
    public void Dictionaries_are_numbered_in_order_and_ids_that_came_with_a_schema_are_kept()
    {
        var dictionary = new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, true);
        Schema numbered = SchemaMessage.Decode(SchemaMessage.Encode(new Schema([new Field("a", dictionary), new Field("b", dictionary)])));
        Assert.Equal([0L, 1L], numbered.Fields.Select(f => f.DictionaryId!.Value));
        var given = new Schema([new Field("a", dictionary) { DictionaryId = 77 }, new Field("b", dictionary) { DictionaryId = 77 }]);
        Assert.Equal([77L, 77L], SchemaMessage.Decode(SchemaMessage.Encode(given)).Fields.Select(f => f.DictionaryId!.Value));
    }

    [Theory]
    [InlineData(14, "Union")]
    [InlineData(22, "RunEndEncoded")]
    [InlineData(25, "ListView")]
    [InlineData(26, "LargeListView")]
    [InlineData(27, "unknown Arrow type (code 27)")]
    [InlineData(0, "unknown Arrow type (code 0)")]
    public void Types_that_are_not_read_are_refused_by_name(byte code, string name) =>
        Refuses(CraftedSchema.OneField(code, childCodes: code > 21 ? [1, 1] : []), "column 'c'", name);

    [Fact]
    public void Parameters_outside_a_type_are_refused_with_column_expected_and_found()
    {
        Refuses(CraftedSchema.OneField(2, t => t.Int32(0, 12)), "column 'c'", "12 bits", "8, 16, 32 or 64");
        Refuses(CraftedSchema.OneField(3, t => t.Int16(0, 3)), "column 'c'", "precision 3");
        Refuses(CraftedSchema.OneField(7, t => t.Int32(0, 39)), "column 'c'", "precision 39", "1 to 38");
        Refuses(CraftedSchema.OneField(7, t => { t.Int32(0, 5); t.Int32(2, 96); }), "column 'c'", "96 bits");
        Refuses(CraftedSchema.OneField(8, t => t.Int16(0, 2)), "column 'c'", "date unit 2");
        Refuses(CraftedSchema.OneField(9, t => { t.Int16(0, 2); t.Int32(1, 16); }), "column 'c'", "16 bits", "64");
        Refuses(CraftedSchema.OneField(10, t => t.Int16(0, -1)), "column 'c'", "timestamp unit -1");
        Refuses(CraftedSchema.OneField(11, t => t.Int16(0, 3)), "column 'c'", "interval unit 3");
        Refuses(CraftedSchema.OneField(15, t => t.Int32(0, -1)), "column 'c'", "width of -1");
        Refuses(CraftedSchema.OneField(16, t => t.Int32(0, -1), 1), "column 'c'", "list size of -1");
        Refuses(CraftedSchema.OneField(12), "column 'c'", "0 children, expected 1");
        Refuses(CraftedSchema.OneField(6, childCodes: [1]), "column 'c'", "1 children, expected 0");
        Refuses(CraftedSchema.OneField(17, childCodes: [1]), "column 'c'", "a map of Null");
    }

    [Fact]
    public void Big_endian_old_versions_and_unknown_features_are_refused_by_name()
    {
        Refuses(CraftedSchema.Message(new FlatBuilder(), [], endianness: 1), "big-endian");
        Refuses(CraftedSchema.Message(new FlatBuilder(), [], version: 2), "version V3");
        Refuses(CraftedSchema.Message(new FlatBuilder(), [], version: 5), "version V6");
        Refuses(CraftedSchema.Message(new FlatBuilder(), [], features: [1, 2, 3]), "feature", "number 3");
        Assert.Empty(SchemaMessage.Decode(CraftedSchema.Message(new FlatBuilder(), [], features: [1, 2], version: 3)).Fields);
    }

    [Fact]
    public void A_message_of_another_kind_is_refused_as_such()
    {
        Refuses(new CraftedMessage().Bytes(), "expected an Arrow schema", "RecordBatch");
        Refuses(new CraftedMessage { Kind = MessageKind.Tensor }.Bytes(), "kind Tensor");
        Refuses([1, 2, 3], "3 bytes");
    }

    [Fact]
    public void Nesting_is_read_up_to_the_limit()
    {
        Assert.Single(SchemaMessage.Decode(Nested(64)).Fields);
        Refuses(Nested(65), "64 levels");
        Refuses(Nested(10_000), "64 levels");
    }

    [Fact]
    public void Fields_that_alias_each_other_are_counted_before_they_are_made()
    {
        var builder = new FlatBuilder();
        int name = builder.String("c");
        int field = CraftedSchema.Field(builder, name, 1, []);
        for (int level = 0; level < 60; level++)
            field = CraftedSchema.Field(builder, name, 13, [field, field]);
        byte[] message = CraftedSchema.Message(builder, [field]);
        Assert.InRange(message.Length, 0, 10_000);
        Refuses(message, "65536 fields");
    }

    [Fact]
    public void A_name_that_many_fields_share_counts_for_each()
    {
        var builder = new FlatBuilder();
        int name = builder.String(new string('n', 1 << 20));
        int field = CraftedSchema.Field(builder, name, 1, []);
        Refuses(CraftedSchema.Message(builder, [.. Enumerable.Repeat(field, 17)]), "exceed 16777216 bytes");
    }

    [Fact]
    public void Names_are_cut_in_messages_and_must_be_utf8()
    {
        var builder = new FlatBuilder();
        int name = builder.String(new string('n', 100_000));
        byte[] message = CraftedSchema.Message(builder, [CraftedSchema.Field(builder, name, 14, [])]);
        Assert.InRange(Assert.Throws<ArrowFormatException>(() => SchemaMessage.Decode(message)).Message.Length, 1, 300);

        byte[] bad = CraftedSchema.OneField(1);
        int at = bad.AsSpan().IndexOf("\u0001\0\0\0c\0"u8) + 4;
        bad[at] = 0xFF;
        Refuses(bad, "not valid UTF-8");
    }

    private static byte[] Nested(int levels)
    {
        var builder = new FlatBuilder();
        int name = builder.String("c");
        int field = CraftedSchema.Field(builder, name, 1, []);
        for (int level = 1; level < levels; level++)
            field = CraftedSchema.Field(builder, name, 12, [field]);
        return CraftedSchema.Message(builder, [field]);
    }

    private static void Refuses(byte[] message, params string[] words)
    {
        string text = Assert.Throws<ArrowFormatException>(() => SchemaMessage.Decode(message)).Message;
        Assert.All(words, word => Assert.Contains(word, text));
    }
}
