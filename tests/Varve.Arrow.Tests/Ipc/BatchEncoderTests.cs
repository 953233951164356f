using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Varve.Arrow.FlatBuffers;
using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

public class BatchEncoderTests
{
    [Fact]
    public void A_body_refers_to_the_columns_own_buffers()
    {
        byte[] values = new byte[8 * 1000];
        byte[] validity = new byte[125];
        byte[] offsets = new byte[4 * 1001];
        byte[] text = new byte[11];
        BinaryPrimitives.WriteInt32LittleEndian(offsets.AsSpan(4 * 1000), 11);
        var schema = new Schema([new Field("n", ArrowTypes.Int64), new Field("s", ArrowTypes.Utf8)]);
        BatchMessage message = BatchEncoder.Encode(new RecordBatch(
            schema,
            1000,
            [new ArrayData(ArrowTypes.Int64, 1000, 1000, [validity, values]), new ArrayData(ArrowTypes.Utf8, 1000, 0, [validity, offsets, text])]));
        List<byte[]> parts = [];
        foreach (ReadOnlyMemory<byte> part in message.Body)
        {
            Assert.True(MemoryMarshal.TryGetArray(part, out ArraySegment<byte> segment));
            parts.Add(segment.Array!);
        }

        Assert.Equal([validity, values, offsets, text], parts.Where(p => p.Length > 8));
        Assert.Equal(message.BodyLengthBytes, message.Body.Sum(p => p.Length));
        Assert.Equal(128 + 8000 + 4008 + 16, message.BodyLengthBytes);
        Assert.Equal(0, message.Header.Length % 8);
    }

    [Fact]
    public void A_slice_leaves_what_it_does_not_show_behind()
    {
        byte[] text = new byte[1 << 16];
        byte[] offsets = new byte[4 * 1025];
        for (int i = 0; i <= 1024; i++)
            BinaryPrimitives.WriteInt32LittleEndian(offsets.AsSpan(i * 4), i * 64);
        var schema = new Schema([new Field("s", ArrowTypes.Utf8)]);
        var batch = new RecordBatch(schema, 1024, [new ArrayData(ArrowTypes.Utf8, 1024, 0, [default, offsets, text])]);
        Assert.InRange(BatchEncoder.Encode(batch).BodyLengthBytes, 1 << 16, 1 << 17);
        Assert.Equal(16 + (2 * 64), BatchEncoder.Encode(batch.Slice(100, 2)).BodyLengthBytes);
        Assert.Equal(16 + (2 * 64), BatchEncoder.Encode(batch.Slice(0, 2)).BodyLengthBytes);
    }

    [Fact]
    public void Buffers_start_at_multiples_of_8_and_lengths_leave_padding_out()
    {
        var schema = new Schema([new Field("a", ArrowTypes.UInt8), new Field("b", ArrowTypes.UInt8)]);
        ArrayData column = new(ArrowTypes.UInt8, 3, 0, [default, new byte[3]]);
        var message = BatchEncoder.Encode(new RecordBatch(schema, 3, [column, column]));
        FlatVector buffers = Message.Read(message.Header.Span).Header.Vector(Slots.BatchBuffers, 16);
        var places = new List<long>();
        for (int i = 0; i < buffers.Count; i++)
            places.AddRange([buffers.Int64(i), buffers.Int64(i, atByte: 8)]);
        Assert.Equal([0, 0, 0, 3, 8, 0, 8, 3], places);
        Assert.Equal(16, message.BodyLengthBytes);
    }

    [Fact]
    public void What_compression_does_not_make_smaller_stays_as_it_is()
    {
        byte[] noise = new byte[4096];
        new Random(1).NextBytes(noise);
        var schema = new Schema([new Field("a", ArrowTypes.UInt8), new Field("b", ArrowTypes.UInt8)]);
        ArrayData incompressible = new(ArrowTypes.UInt8, 4096, 0, [default, noise]);
        ArrayData zeros = new(ArrowTypes.UInt8, 4096, 0, [default, new byte[4096]]);
        var batch = new RecordBatch(schema, 4096, [incompressible, zeros]);
        foreach (BodyCompression compression in (BodyCompression[])[BodyCompression.Lz4Frame, BodyCompression.Zstd])
        {
            BatchMessage message = BatchEncoder.Encode(batch, compression);
            byte[] body = [.. message.Body.SelectMany(p => p.ToArray())];
            Assert.Equal(-1, BinaryPrimitives.ReadInt64LittleEndian(body));
            Assert.Equal(4096, BinaryPrimitives.ReadInt64LittleEndian(body.AsSpan(8 + 4096)));
            Assert.InRange(body.Length, 4096 + 16, 4096 + 200);
            RecordBatch again = new BatchDecoder(schema).Decode(message.Header.Span, body)!;
            Assert.True(again.Columns[0].Buffers[1].Span.SequenceEqual(noise));
            Assert.True(again.Columns[1].Buffers[1].Span.SequenceEqual(new byte[4096]));
        }
    }

    [Fact]
    public void Columns_whose_buffers_are_too_small_are_refused_by_name()
    {
        Refuses(new ArrayData(ArrowTypes.Int64, 4, 0, [default, new byte[31]]), "column 'c' cannot be encoded", "buffer 1, which has 31");
        Refuses(new ArrayData(ArrowTypes.Int64, 4, 0, [default]), "1 buffers and buffer 1 is needed");
        Refuses(new ArrayData(ArrowTypes.Utf8, 1, 0, [default, new byte[] { 0, 0, 0, 0, 9, 0, 0, 0 }, new byte[8]]), "buffer 2, which has 8");
        Refuses(new ArrayData(ArrowTypes.Utf8, 1, 0, [default, new byte[] { 9, 0, 0, 0, 0, 0, 0, 0 }, new byte[8]]), "column 'c' cannot be encoded");
        ArrayData child = new(ArrowTypes.UInt8, 3, 0, [default, new byte[3]]);
        var type = new StructType([new Field("x", ArrowTypes.UInt8)]);
        Refuses(new ArrayData(type, 4, 0, [default], [child]), "column 'c.x'", "rows 0 to 4 are asked of 3");
    }

    private static void Refuses(ArrayData column, params string[] words)
    {
        var batch = new RecordBatch(new Schema([new Field("c", column.Type)]), column.Length, [column]);
        string text = Assert.Throws<ArrowFormatException>(() => BatchEncoder.Encode(batch)).Message;
        Assert.All(words, word => Assert.Contains(word, text));
    }
}
