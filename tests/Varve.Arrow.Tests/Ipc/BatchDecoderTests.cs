using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

public class BatchDecoderTests
{
    private static readonly Field Number = new("n", ArrowTypes.Int64);

    [Fact]
    public void Columns_refer_to_the_body_where_it_is_aligned()
    {
        byte[] body = new byte[1 << 20];
        RecordBatch batch = Decode(Number, new CraftedMessage { Rows = 1 << 16, Nodes = [1 << 16, 0], Buffers = [0, 0, 64, 8 << 16] }, body)!;
        Assert.True(MemoryMarshal.TryGetArray(batch.Columns[0].Buffers[1], out ArraySegment<byte> values));
        Assert.Same(body, values.Array);
        Assert.Equal(64, values.Offset);
        Assert.True(batch.Columns[0].Buffers[0].IsEmpty);
    }

    [Fact]
    public void Columns_are_copied_where_the_body_is_not_aligned()
    {
        byte[] memory = new byte[200];
        memory[3 + 8] = 42;
        RecordBatch batch = Decode(Number, new CraftedMessage { Rows = 2, Nodes = [2, 0], Buffers = [0, 0, 8, 16] }, memory.AsMemory(3, 100))!;
        Assert.True(MemoryMarshal.TryGetArray(batch.Columns[0].Buffers[1], out ArraySegment<byte> values));
        Assert.NotSame(memory, values.Array);
        Assert.Equal(42, BinaryPrimitives.ReadInt64LittleEndian(batch.Columns[0].Buffers[1].Span));
    }

    [Fact]
    public void An_empty_column_has_its_one_offset_even_where_the_writer_left_it_out()
    {
        RecordBatch batch = Decode(new Field("s", ArrowTypes.Utf8), new CraftedMessage { Nodes = [0, 0], Buffers = [0, 0, 0, 0, 0, 0] }, default)!;
        Assert.Equal(4, batch.Columns[0].Buffers[1].Length);
        batch = Decode(new Field("s", ArrowTypes.LargeUtf8), new CraftedMessage { Nodes = [0, 0], Buffers = [0, 0, 0, 0, 0, 0] }, default)!;
        Assert.Equal(8, batch.Columns[0].Buffers[1].Length);
    }

    [Fact]
    public void Unknown_null_counts_are_counted_and_wrong_ones_refused()
    {
        byte[] body = new byte[64];
        body[0] = 0b0101;
        long[] buffers = [0, 1, 8, 32];
        Assert.Equal(2, Decode(Number, new CraftedMessage { Rows = 4, Nodes = [4, -1], Buffers = buffers }, body)!.Columns[0].NullCount);
        Refuses(Number, new CraftedMessage { Rows = 4, Nodes = [4, 1], Buffers = buffers }, body, "column 'n'", "claims 1 nulls", "say 2");
        Refuses(Number, new CraftedMessage { Rows = 4, Nodes = [4, 0], Buffers = buffers }, body, "column 'n'", "claims 0 nulls", "say 2");
        Refuses(Number, new CraftedMessage { Rows = 4, Nodes = [4, 1], Buffers = [0, 0, 8, 32] }, body, "column 'n'", "has 0 bytes, its rows need 1");
        Refuses(Number, new CraftedMessage { Rows = 9, Nodes = [9, 9], Buffers = [0, 1, 0, 64] }, body, "has 1 bytes, its rows need 2");
    }

    [Fact]
    public void Row_counts_that_do_not_fit_are_refused()
    {
        byte[] body = new byte[64];
        Refuses(Number, new CraftedMessage { Rows = -1, Nodes = [0, 0], Buffers = [0, 0, 0, 0] }, body, "claims -1 rows");
        Refuses(Number, new CraftedMessage { Rows = 4, Nodes = [3, 0], Buffers = [0, 0, 0, 64] }, body, "column 'n' has 3 rows in a batch of 4");
        Refuses(Number, new CraftedMessage { Rows = 4, Nodes = [-4, 0], Buffers = [0, 0, 0, 64] }, body, "column 'n' claims -4 rows");
        Refuses(Number, Rows(long.MaxValue, 0, 0, 0, 64), body, "claims 9223372036854775807 rows");
        var nulls = new Field("z", ArrowTypes.Null);
        Refuses(nulls, new CraftedMessage { Rows = 1 << 28, Nodes = [1 << 28, 0] }, body, "claims 268435456 rows, expected 0 to 134217728");
        Assert.Equal(1 << 27, Decode(nulls, new CraftedMessage { Rows = 1 << 27, Nodes = [1 << 27, 0] }, body)!.RowCount);
    }

    [Fact]
    public void Buffers_outside_the_body_or_too_short_for_their_rows_are_refused()
    {
        byte[] body = new byte[64];
        Refuses(Number, Rows(8, 0, 0, 0, 63), body, "column 'n'", "has 63 bytes, its rows need 64");
        Refuses(Number, Rows(8, 0, 0, 8, 64), body, "column 'n'", "bytes 8 to 72 of a body of 64");
        Refuses(Number, Rows(8, 0, 0, -8, 64), body, "column 'n'", "bytes -8");
        Refuses(Number, Rows(8, 0, 0, 0, -64), body, "column 'n'");
        Refuses(Number, Rows(8, 0, 0, long.MaxValue, 64), body, "column 'n'");
        Refuses(Number, Rows(8, 0, 0, 64, long.MaxValue), body, "column 'n'");
        Refuses(new Field("b", ArrowTypes.Boolean), Rows(65, 0, 0, 0, 8), body, "its rows need 9");
        Refuses(new Field("s", ArrowTypes.Utf8), Rows(16, 0, 0, 0, 64, 0, 0), body, "its rows need 68");
        Refuses(new Field("s", ArrowTypes.LargeBinary), Rows(8, 0, 0, 0, 64, 0, 0), body, "its rows need 72");
        Refuses(new Field("l", new ListType(Number)), Rows(16, 0, 0, 0, 64), body, "its rows need 68");
        Refuses(new Field("d", new DecimalType(76, 0, 256)), Rows(3, 0, 0, 0, 64), body, "its rows need 96");
        Refuses(new Field("d", new DictionaryType(ArrowTypes.UInt16, ArrowTypes.Utf8, false)), Rows(33, 0, 0, 0, 64), body, "its rows need 66");
        Refuses(new Field("v", ArrowTypes.Utf8View), Rows(5, 0, 0, 0, 64), body, "its rows need 80");
    }

    [Fact]
    public void Children_that_are_too_short_are_refused()
    {
        byte[] body = new byte[64];
        Refuses(
            new Field("f", new FixedSizeListType(Number, 4)),
            new CraftedMessage { Rows = 2, Nodes = [2, 0, 7, 0], Buffers = [0, 0, 0, 0, 0, 64] },
            body,
            "column 'f.n' has 7 rows",
            "need 8");
        Refuses(
            new Field("s", new StructType([Number])),
            new CraftedMessage { Rows = 8, Nodes = [8, 0, 7, 0], Buffers = [0, 0, 0, 0, 0, 64] },
            body,
            "column 's.n' has 7 rows in a struct of 8");
    }

    [Fact]
    public void A_batch_that_does_not_fit_its_schema_is_refused()
    {
        byte[] body = new byte[64];
        Refuses(Number, new CraftedMessage(), body, "none is left for column 'n'");
        Refuses(Number, Rows(8, 0, 0), body, "1 buffers and none is left for column 'n'");
        Refuses(Number, Rows(8, 0, 0, 0, 64, 0, 0), body, "3 buffers", "take 1, 2 and 0");
        Refuses(Number, new CraftedMessage { Rows = 1, Nodes = [1, 0, 1, 0], Buffers = [0, 0, 0, 64] }, body, "2 nodes");
        var view = new Field("v", ArrowTypes.BinaryView);
        Refuses(view, Rows(4, 0, 0, 0, 64), body, "does not say how many data buffers column 'v' has");
        Refuses(view, Rows(4, 0, 0, 0, 64) with { VariadicCounts = [1] }, body, "claims 1 data buffers, 0 are left");
        Refuses(view, Rows(4, 0, 0, 0, 64) with { VariadicCounts = [-1] }, body, "claims -1 data buffers");
        Refuses(view, Rows(4, 0, 0, 0, 64) with { VariadicCounts = [long.MaxValue] }, body, "column 'v' claims");
        Refuses(view, Rows(3, 0, 0, 0, 48, 48, 8) with { VariadicCounts = [1, 0] }, body, "2 view counts");
    }

    [Fact]
    public void Messages_that_are_no_batches_and_forms_that_are_not_read_are_refused_by_name()
    {
        Refuses(Number, new CraftedMessage { Kind = MessageKind.SparseTensor }, default, "kind SparseTensor");
        Refuses(Number, new CraftedMessage { Kind = MessageKind.Schema }, default, "kind Schema");
        Refuses(Number, new CraftedMessage { Version = 0 }, default, "version V1");
        Refuses(Number, new CraftedMessage { Codec = 2 }, default, "codec 2");
        Refuses(Number, new CraftedMessage { Codec = 1, CompressionMethod = 1 }, default, "method 1");
        Refuses(Number, new CraftedMessage { Metadata = ("ARROW:experimental_compression", "zstd") }, default, "Arrow 0.17");
        Assert.Throws<ArrowFormatException>(() => new BatchDecoder(new Schema([Number])).Decode([], default));
    }

    [Fact]
    public void Compressed_buffers_are_decompressed_only_within_what_they_can_hold_and_the_limits()
    {
        byte[] body = new byte[64];
        void Claims(long length, byte codec, params string[] words)
        {
            BinaryPrimitives.WriteInt64LittleEndian(body, length);
            Refuses(Number, Rows(1, 0, 0, 0, 64) with { Codec = codec }, body, words);
        }

        Claims(-2, 1, "column 'n'", "claims -2 bytes");
        Claims(1 << 26, 1, "column 'n'", "56 bytes of zstd cannot hold the 67108864 bytes");
        Claims(1 << 26, 0, "column 'n'", "56 bytes of LZ4 cannot hold the 67108864 bytes");
        Claims(long.MaxValue, 1, "limit of 134217728 decompressed bytes");
        Claims(8, 1, "column 'n'", "cannot be decompressed");
        Claims(8, 0, "column 'n'", "cannot be decompressed");
        Claims(0, 0, "has 0 bytes, its rows need 8");
        Refuses(Number, Rows(1, 0, 0, 0, 7) with { Codec = 0 }, body, "column 'n' has 7 bytes, its length alone takes 8");
    }

    [Fact]
    public void All_buffers_of_a_message_are_decompressed_within_one_budget()
    {
        byte[] zeros = new byte[1 << 20];
        var schema = new Schema([.. Enumerable.Range(0, 20).Select(i => new Field($"c{i}", ArrowTypes.UInt8))]);
        ArrayData column = new(ArrowTypes.UInt8, zeros.Length, 0, [default, zeros]);
        var batch = new RecordBatch(schema, zeros.Length, [.. schema.Fields.Select(_ => column)]);
        BatchMessage message = BatchEncoder.Encode(batch, BodyCompression.Zstd);
        byte[] body = [.. message.Body.SelectMany(p => p.ToArray())];
        Assert.InRange(body.Length, 0, 4096);
        Assert.NotNull(new BatchDecoder(schema).Decode(message.Header.Span, body));
        var tight = new IpcLimits { MaxDecompressedBodyBytes = 10 << 20 };
        var error = Assert.Throws<ArrowFormatException>(() => new BatchDecoder(schema, tight).Decode(message.Header.Span, body));
        Assert.Contains("column 'c10' brings the message above the limit of 10485760", error.Message);
    }

    [Fact]
    public void Buffers_that_overlap_are_refused()
    {
        var schema = new Schema([Number, new Field("m", ArrowTypes.Int64)]);
        var message = new CraftedMessage { Rows = 5, Nodes = [5, 0, 5, 0], Buffers = [0, 0, 0, 40, 0, 0, 24, 40] };
        var error = Assert.Throws<ArrowFormatException>(() => new BatchDecoder(schema).Decode(message.Bytes(), new byte[64]));
        Assert.Contains("column 'm' take more than the 64 bytes of the body", error.Message);
    }

    [Fact]
    public void Rows_that_have_no_bytes_are_counted_over_the_whole_message()
    {
        const int rows = 1 << 26;
        var nulls = new Field("z", ArrowTypes.Null);
        var schema = new Schema([new Field("s", new StructType([nulls, nulls])), new Field("f", new FixedSizeListType(nulls, 0))]);
        var message = new CraftedMessage { Rows = rows, Nodes = [rows, 0, rows, rows, rows, rows, rows, 0, 0, 0], Buffers = [0, 0, 0, 0] };
        var error = Assert.Throws<ArrowFormatException>(() => new BatchDecoder(schema).Decode(message.Bytes(), default));
        Assert.Contains("columns up to 's.z' claim more than 134217728 rows that have no bytes", error.Message);
    }

    [Fact]
    public void Messages_beyond_the_limits_are_refused()
    {
        byte[] header = Rows(1, 0, 0, 0, 8).Bytes();
        var decoder = new BatchDecoder(new Schema([Number]), new IpcLimits { MaxMetadataBytes = 64 });
        Assert.Contains("limit of 64", Assert.Throws<ArrowFormatException>(() => decoder.Decode(header, default)).Message);
        decoder = new BatchDecoder(new Schema([Number]), new IpcLimits { MaxBodyBytes = 16 });
        Assert.Contains("limit of 16", Assert.Throws<ArrowFormatException>(() => decoder.Decode(header, new byte[17])).Message);
    }

    /// <summary>One column of so many rows without nulls, and pairs of offset and length.</summary>
    private static CraftedMessage Rows(long rows, params long[] buffers) => new() { Rows = rows, Nodes = [rows, 0], Buffers = buffers };

    private static RecordBatch? Decode(Field field, CraftedMessage message, ReadOnlyMemory<byte> body) =>
        new BatchDecoder(new Schema([field])).Decode(message.Bytes(), body);

    private static void Refuses(Field field, CraftedMessage message, ReadOnlyMemory<byte> body, params string[] words)
    {
        string text = Assert.Throws<ArrowFormatException>(() => Decode(field, message, body)).Message;
        Assert.All(words, word => Assert.Contains(word, text));
    }
}
