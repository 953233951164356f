using System.Text;
using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

public class WriterTests
{
    private static readonly Schema Numbers = new([new Field("n", ArrowTypes.UInt8)]);

    [Fact]
    public void A_batch_of_another_schema_is_refused()
    {
        var other = new Schema([new Field("m", ArrowTypes.UInt8)]);
        using var stream = new IpcStreamWriter(new MemoryStream(), other);
        Assert.Contains("expected 'm: uint8' as column 0, found 'n: uint8'", Assert.Throws<ArgumentException>(() => stream.Write(Batch(1))).Message);
        using var file = new IpcFileWriter(new MemoryStream(), other);
        Assert.Throws<ArgumentException>(() => file.Write(Batch(1)));
        using var none = new IpcStreamWriter(new MemoryStream(), new Schema([]));
        Assert.Contains("expected 0 columns, found 1", Assert.Throws<ArgumentException>(() => none.Write(Batch(1))).Message);
    }

    [Fact]
    public void A_file_that_was_not_finished_is_refused()
    {
        var bytes = new MemoryStream();
        using (var writer = new IpcFileWriter(bytes, Numbers))
            writer.Write(Batch(3));
        Assert.Contains("starts and ends with ARROW1", Assert.Throws<ArrowFormatException>(() => new IpcFileReader(bytes.ToArray())).Message);
    }

    [Fact]
    public void Batches_of_a_file_are_read_in_any_order()
    {
        var reader = new IpcFileReader(IpcForms.WriteFile(Numbers, [Batch(1), Batch(2), Batch(3)]));
        Assert.Equal(3, reader.BatchCount);
        Assert.Equal([3, 1, 2], new[] { 2, 0, 1 }.Select(i => reader.ReadBatch(i).RowCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.ReadBatch(3));
    }

    [Fact]
    public void A_file_holds_a_stream_behind_its_first_8_bytes()
    {
        byte[] file = IpcForms.WriteFile(Numbers, [Batch(4)]);
        (Schema schema, List<RecordBatch> batches) = IpcForms.ReadStream(file.AsMemory(8));
        Assert.Equal(Numbers, schema);
        Assert.Equal(4, Assert.Single(batches).RowCount);
    }

    [Fact]
    public void A_footer_that_names_one_batch_over_and_over_is_refused()
    {
        byte[] file = IpcForms.WriteFile(Numbers, [Batch(5000), Batch(1), Batch(1)]);
        Assert.Equal(3, new IpcFileReader(file).BatchCount);
        int footer = file.Length - 10 - BitConverter.ToInt32(file, file.Length - 10);
        int first = footer + file.AsSpan(footer).IndexOf(BitConverter.GetBytes(Offset(file, 0)));
        for (int i = 1; i < 3; i++)
            file.AsSpan(first, Slots.BlockBytes).CopyTo(file.AsSpan(first + (i * Slots.BlockBytes)));
        Assert.Contains("overlap", Assert.Throws<ArrowFormatException>(() => new IpcFileReader(file)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ARROW1")]
    [InlineData("PAR1 is another format PAR1")]
    public void Something_else_is_refused_as_a_file(string text)
    {
        var error = Assert.Throws<ArrowFormatException>(() => new IpcFileReader(Encoding.UTF8.GetBytes(text)));
        Assert.Contains("expected an Arrow IPC file", error.Message);
    }

    [Fact]
    public void An_empty_stream_is_refused_and_one_without_batches_is_read()
    {
        using var empty = new IpcStreamReader(ReadOnlyMemory<byte>.Empty);
        Assert.Contains("found no message", Assert.Throws<ArrowFormatException>(() => empty.Schema).Message);
        using var none = new IpcStreamReader(IpcForms.WriteStream(Numbers, []));
        Assert.Equal(Numbers, none.Schema);
        Assert.Null(none.ReadNext());
        Assert.Null(none.ReadNext());
    }

    [Fact]
    public void What_a_message_claims_is_not_allocated_before_it_arrives()
    {
        byte[] stream = IpcForms.WriteStream(Numbers, [Batch(200)]);
        byte[] header = [.. stream.Take(stream.Length - 8 - 200)];
        using var trickle = new IpcStreamReader(new TricklingStream(header));
        _ = trickle.Schema;
        Assert.Contains("cut off", Assert.Throws<ArrowFormatException>(() => trickle.ReadNext()).Message);

        byte[] claim = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0];
        using var hostile = new IpcStreamReader(new TricklingStream(claim));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("cut off", Assert.Throws<ArrowFormatException>(() => hostile.Schema).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3 << 20);
    }

    [Fact]
    public void Readers_and_writers_leave_a_stream_open_where_asked()
    {
        using var stream = new MemoryStream();
        using (var writer = new IpcStreamWriter(stream, Numbers, leaveOpen: true))
            writer.Finish();
        stream.Position = 0;
        using (var reader = new IpcStreamReader(stream, leaveOpen: true))
            Assert.Equal(Numbers, reader.Schema);
        Assert.True(stream.CanRead);
        new IpcStreamReader(stream).Dispose();
        Assert.False(stream.CanRead);
    }

    private static long Offset(byte[] file, int batch)
    {
        // The metadata of a message starts with its prefix; the second and third ones of the file are the batches.
        long at = 8;
        for (int i = 0; i <= batch; i++)
        {
            int metadata = BitConverter.ToInt32(file, (int)at + 4);
            at += 8 + metadata + Message.Read(file.AsSpan((int)at + 8, metadata)).BodyLengthBytes;
        }

        return at;
    }

    private static RecordBatch Batch(int rows) => new(Numbers, rows, [new ArrayData(ArrowTypes.UInt8, rows, 0, [default, new byte[rows]])]);
}
