using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

public class IpcPieceReaderTests
{
    private static readonly Schema Numbers = new([new Field("n", ArrowTypes.Int64)]);

    [Fact]
    public void Pieces_after_the_first_may_leave_the_schema_out()
    {
        var reader = new IpcPieceReader();

        Assert.Equal([3], reader.Read(Piece(withSchema: true, 3)).Select(b => b.RowCount));
        Assert.Equal([2, 5], reader.Read(Piece(withSchema: false, 2, 5)).Select(b => b.RowCount));
        Assert.Equal([1], reader.Read(Piece(withSchema: true, 1)).Select(b => b.RowCount));
        Assert.Equal(Numbers, reader.Schema);
    }

    [Fact]
    public void A_batch_before_any_schema_is_refused()
    {
        var e = Assert.Throws<ArrowFormatException>(() => new IpcPieceReader().Read(Piece(withSchema: false, 1)));

        Assert.Contains("open with its schema", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_piece_that_ends_inside_a_message_is_refused()
    {
        byte[] piece = Piece(withSchema: true, 3);

        Assert.Throws<ArrowFormatException>(() => new IpcPieceReader().Read(piece.AsMemory(0, piece.Length - 8)));
    }

    private static byte[] Piece(bool withSchema, params int[] rowCounts)
    {
        var bytes = new MemoryStream();
        if (withSchema)
            bytes.Write(SchemaMessage.EncodeEncapsulated(Numbers));
        foreach (int rows in rowCounts)
        {
            BatchMessage message = BatchEncoder.Encode(new RecordBatch(Numbers, rows, [new ArrayData(ArrowTypes.Int64, rows, 0, [default, new byte[rows * 8]])]));
            bytes.Write(message.EncapsulatedHeader());
            foreach (ReadOnlyMemory<byte> part in message.Body)
                bytes.Write(part.Span);
        }

        return bytes.ToArray();
    }
}
