using System.Buffers.Binary;
using System.Text;
using Varve.Storage.Producers;
using Varve.Storage.Records;

namespace Varve.Storage.Catalog;

/// <summary>
/// The producers in the body of a checkpoint as bytes (docs/formats/checkpoint.md). Little-endian. Without state, any thread.
/// <code>
/// offset bytes type  field
/// 0      8     i64   id of the newest producer that was ever known
/// 8      4     u32   producers
/// 12     4     u32   zero
/// 16     ...         producers, in the order of their ids
///
/// producer 0   4     u32   length in bytes, this header and the padding included; a multiple of 8
///        4     2     u16   bytes of the name
///        6     2     u16   batches that are kept
///        8     8     i64   producer id
///        16    8     i64   number of its next append
///        24    8     i64   when it was used last, microseconds since 1970-01-01 UTC
///        32    4     i32   epoch
///        36    4     u32   zero
///        40    ...         batches, the oldest first
///              ...         name: UTF-8
///
/// batch  0     8     i64   number of the append
///        8     8     i64   stream id
///        16    8     i64   offset of the first row
///        24    8     i64   position of the entry that made it visible
///        32    4     i32   rows
///        36    4     u32   zero
/// </code>
/// </summary>
internal static class ProducerCodec
{
    private const int ProducerHeaderBytes = 40;
    private const int BatchBytes = 40;

    public static byte[] Write(ProducerCapture capture) =>
        CheckpointList.Write(capture.LastId, capture.Producers.OrderBy(p => p.Id).Select(Write));

    /// <summary>Throws <see cref="CheckpointFormatException"/> for bytes that are no producers.</summary>
    public static ProducerCapture Read(ReadOnlySpan<byte> bytes)
    {
        (long lastId, IReadOnlyList<ProducerState> producers) =
            CheckpointList.Read(bytes, "producer", ReadProducer, p => p.Id, p => p.Name);
        return lastId == 0 ? ProducerCapture.Empty : new ProducerCapture(lastId, producers);
    }

    private static byte[] Write(ProducerState producer)
    {
        byte[] name = Encoding.UTF8.GetBytes(producer.Name);
        byte[] bytes = new byte[RecordFormat.Padded(ProducerHeaderBytes + (producer.Kept.Count * BatchBytes) + name.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), checked((ushort)name.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), checked((ushort)producer.Kept.Count));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), producer.Id);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), producer.NextSequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), producer.LastTimeMicros);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(32), producer.Epoch);
        int at = ProducerHeaderBytes;
        foreach (ProducedBatch batch in producer.Kept)
        {
            Span<byte> target = bytes.AsSpan(at, BatchBytes);
            BinaryPrimitives.WriteInt64LittleEndian(target, batch.Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(target[8..], batch.StreamId);
            BinaryPrimitives.WriteInt64LittleEndian(target[16..], batch.FirstOffset);
            BinaryPrimitives.WriteInt64LittleEndian(target[24..], batch.Position.Value);
            BinaryPrimitives.WriteInt32LittleEndian(target[32..], batch.RowCount);
            at += BatchBytes;
        }

        name.CopyTo(bytes, at);
        return bytes;
    }

    private static ProducerState ReadProducer(ref ReadOnlySpan<byte> rest)
    {
        CheckpointList.Need(rest.Length >= ProducerHeaderBytes, $"{rest.Length} bytes of a producer are too few");
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
        int batchCount = BinaryPrimitives.ReadUInt16LittleEndian(rest[6..]);
        bool fits = length <= rest.Length && length == RecordFormat.Padded(ProducerHeaderBytes + (batchCount * BatchBytes) + nameBytes);
        CheckpointList.Need(fits && batchCount <= ProducerState.KeptBatchesMax, $"a producer claims {length} bytes, {rest.Length} are there");
        ReadOnlySpan<byte> bytes = rest[..length];
        rest = rest[length..];
        ReadOnlySpan<byte> batches = bytes[ProducerHeaderBytes..];
        ProducedBatch[] kept = new ProducedBatch[batchCount];
        for (int i = 0; i < batchCount; i++)
            kept[i] = ReadBatch(batches.Slice(i * BatchBytes, BatchBytes));
        long id = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        long next = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        int epoch = BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]);
        bool isInOrder = kept.Zip(kept.Skip(1)).All(pair => pair.First.Sequence <= pair.Second.Sequence);
        CheckpointList.Need(epoch >= 1 && isInOrder && (kept.Length == 0 || kept[^1].Sequence < next), $"producer {id} of epoch {epoch} cannot be at append {next}");
        ProducerState producer = new(id, Encoding.UTF8.GetString(batches.Slice(batchCount * BatchBytes, nameBytes)));
        producer.Restore(epoch, next, BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]), kept);
        return producer;
    }

    private static ProducedBatch ReadBatch(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]),
        new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])));
}
