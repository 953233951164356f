using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

public class DenseUnionTests
{
    private static readonly Schema Schema = new(
        [new Field("u", new DenseUnionType([new Field("n", ArrowTypes.Int64), new Field("t", ArrowTypes.Utf8)]), isNullable: false)]);

    [Fact]
    public void A_union_is_written_and_refused_by_name_when_read()
    {
        byte[] schema = SchemaMessage.Encode(Schema);

        ArrowFormatException refusal = Assert.Throws<ArrowFormatException>(() => SchemaMessage.Decode(schema));
        Assert.Contains("union", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_batch_holds_type_ids_and_places_without_validity_and_then_the_children()
    {
        var numbers = new ArrayData(ArrowTypes.Int64, 1, 0, [default, new byte[] { 7, 0, 0, 0, 0, 0, 0, 0 }]);
        var texts = new ArrayData(ArrowTypes.Utf8, 1, 0, [default, new byte[] { 0, 0, 0, 0, 2, 0, 0, 0 }, "hi"u8.ToArray()]);
        var union = new ArrayData(Schema.Fields[0].Type, 2, 0, [new byte[] { 1, 0 }, new byte[8]], [numbers, texts]);

        BatchMessage message = BatchEncoder.Encode(new RecordBatch(Schema, 2, [union]));

        byte[] body = [.. message.Body.SelectMany(part => part.ToArray())];
        byte[] expected = [1, 0, 0, 0, 0, 0, 0, 0, /* places */ .. new byte[8], 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, .. "hi"u8, 0, 0, 0, 0, 0, 0];
        Assert.Equal(expected, body);
    }
}
