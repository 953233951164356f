using System.Runtime.InteropServices;
using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>Record batches and dictionaries as IPC messages (docs/formats/arrow-ipc.md). Stateless: any number of threads.</summary>
public static class BatchEncoder
{
    /// <summary>
    /// Encodes the rows of a batch. The body refers to the batch's own buffers, which must stay unchanged until it is written. Of dictionary
    /// columns only the codes are in it: send <see cref="EncodeDictionaries"/> first.
    /// </summary>
    /// <exception cref="ArrowFormatException">A column's buffers are too small for its rows, or the codec's library is missing.</exception>
    public static BatchMessage Encode(RecordBatch batch, BodyCompression compression = BodyCompression.None)
    {
        var body = new BodyBuilder(compression);
        for (int i = 0; i < batch.Columns.Count; i++)
            ColumnWriter.Write(body, batch.Columns[i], new FieldPath(null, batch.Schema.Fields[i].Name));
        FlatBuilder builder = Builder(body);
        int header = WriteBatch(builder, body, batch.RowCount);
        return new BatchMessage(Message.Write(builder, MessageKind.RecordBatch, header, body.LengthBytes), body.Parts, body.LengthBytes);
    }

    /// <summary>
    /// Encodes the dictionaries that the reader at the other end still needs for this batch, in the order to send them, and notes them in
    /// <paramref name="tracker"/>. A dictionary that it already has is not sent again.
    /// </summary>
    /// <exception cref="ArrowFormatException">A dictionary column has no dictionary, or two that share an id differ in it.</exception>
    public static IReadOnlyList<BatchMessage> EncodeDictionaries(
        RecordBatch batch, DictionaryTracker tracker, BodyCompression compression = BodyCompression.None)
    {
        if (!tracker.HasDictionaries)
            return [];
        var writer = new DictionaryWriter(tracker, compression);
        for (int i = 0; i < batch.Columns.Count; i++)
            writer.Write(batch.Columns[i], tracker.Plans[i]);
        return writer.Messages;
    }

    internal static BatchMessage EncodeDictionary(long id, ArrayData values, bool isDelta, BodyCompression compression, FieldPath path)
    {
        var body = new BodyBuilder(compression);
        ColumnWriter.Write(body, values, path);
        FlatBuilder builder = Builder(body);
        int data = WriteBatch(builder, body, values.Length);
        builder.StartTable(Slots.DictionaryCount);
        builder.Int64(Slots.DictionaryId, id);
        builder.Reference(Slots.DictionaryData, data);
        builder.Bool(Slots.DictionaryIsDelta, isDelta);
        int header = builder.EndTable();
        return new BatchMessage(Message.Write(builder, MessageKind.DictionaryBatch, header, body.LengthBytes), body.Parts, body.LengthBytes);
    }

    private static FlatBuilder Builder(BodyBuilder body) => new(256 + (8 * (body.Nodes.Count + body.Buffers.Count + body.VariadicCounts.Count)));

    private static int WriteBatch(FlatBuilder builder, BodyBuilder body, int rowCount)
    {
        int variadic = body.VariadicCounts.Count == 0 ? 0 : builder.Int64Structs(CollectionsMarshal.AsSpan(body.VariadicCounts), width: 1);
        int buffers = builder.Int64Structs(CollectionsMarshal.AsSpan(body.Buffers), width: 2);
        int nodes = builder.Int64Structs(CollectionsMarshal.AsSpan(body.Nodes), width: 2);
        int compression = 0;
        if (body.Compression != BodyCompression.None)
        {
            builder.StartTable(Slots.CompressionCount);
            builder.Byte(Slots.CompressionCodec, (byte)(body.Compression == BodyCompression.Zstd ? 1 : 0));
            compression = builder.EndTable();
        }

        builder.StartTable(Slots.BatchCount);
        builder.Int64(Slots.BatchLength, rowCount);
        builder.Reference(Slots.BatchNodes, nodes);
        builder.Reference(Slots.BatchBuffers, buffers);
        builder.Reference(Slots.BatchCompression, compression);
        builder.Reference(Slots.BatchVariadicCounts, variadic);
        return builder.EndTable();
    }
}
