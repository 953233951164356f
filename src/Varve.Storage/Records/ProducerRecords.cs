using System.Buffers.Binary;
using System.Text;

namespace Varve.Storage.Records;

/// <summary>Records of producers and their appends as bytes (<see cref="RecordFormat"/>). Any thread.</summary>
internal static class ProducerRecords
{
    public static byte[] Write(AppendGroupRecord record)
    {
        byte[] bytes = RecordWriter.Sized(RecordFormat.GroupBytes, RecordKind.AppendGroup, record);
        Span<byte> body = bytes.AsSpan(RecordFormat.BodyAt);
        BinaryPrimitives.WriteInt64LittleEndian(body, record.Producer.ProducerId);
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], record.Producer.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(body[16..], record.Producer.Epoch);
        BinaryPrimitives.WriteInt32LittleEndian(body[20..], record.BatchCount);
        return bytes;
    }

    public static byte[] Write(OpenProducerRecord record)
    {
        byte[] name = Encoding.UTF8.GetBytes(record.Name);
        byte[] bytes = RecordWriter.Sized(RecordFormat.ProducerHeaderBytes + name.Length, RecordKind.OpenProducer, record);
        Span<byte> body = bytes.AsSpan(RecordFormat.BodyAt);
        BinaryPrimitives.WriteInt64LittleEndian(body, record.ProducerId);
        BinaryPrimitives.WriteInt32LittleEndian(body[8..], record.Epoch);
        BinaryPrimitives.WriteUInt16LittleEndian(body[12..], checked((ushort)name.Length));
        name.CopyTo(bytes, RecordFormat.ProducerHeaderBytes);
        return bytes;
    }

    public static AppendGroupRecord ReadGroup(LogPosition position, ReadOnlySpan<byte> bytes, long time)
    {
        RecordReader.Need(position, bytes, RecordFormat.GroupBytes);
        ReadOnlySpan<byte> body = bytes[RecordFormat.BodyAt..];
        ProducerSequence producer = new(
            BinaryPrimitives.ReadInt64LittleEndian(body),
            BinaryPrimitives.ReadInt32LittleEndian(body[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(body[8..]));
        return new AppendGroupRecord(time, producer, BinaryPrimitives.ReadInt32LittleEndian(body[20..]));
    }

    public static OpenProducerRecord ReadOpen(LogPosition position, ReadOnlySpan<byte> bytes, long time)
    {
        RecordReader.Need(position, bytes, RecordFormat.ProducerHeaderBytes);
        ReadOnlySpan<byte> body = bytes[RecordFormat.BodyAt..];
        int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(body[12..]);
        RecordReader.Need(position, bytes, RecordFormat.ProducerHeaderBytes + nameBytes);
        return new OpenProducerRecord(
            time,
            BinaryPrimitives.ReadInt64LittleEndian(body),
            BinaryPrimitives.ReadInt32LittleEndian(body[8..]),
            Encoding.UTF8.GetString(bytes.Slice(RecordFormat.ProducerHeaderBytes, nameBytes)));
    }
}
