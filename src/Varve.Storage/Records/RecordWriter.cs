using System.Buffers.Binary;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Ipc;

namespace Varve.Storage.Records;

/// <summary>Records as bytes (<see cref="RecordFormat"/>), but for appends, which <see cref="AppendEncoder"/> writes. Any thread.</summary>
internal static class RecordWriter
{
    public static byte[] Write(LogRecord record) => record switch
    {
        CreateStreamRecord create => Create(create),
        AddColumnsRecord add => Add(add),
        DropStreamRecord drop => Sized(RecordFormat.RecordHeaderBytes, RecordKind.DropStream, drop),
        AbandonPartsRecord abandon => Abandon(abandon),
        _ => throw new ArgumentException($"a record of {record.GetType().Name} is not written here"),
    };

    private static byte[] Create(CreateStreamRecord record)
    {
        byte[] schema = SchemaMessage.Encode(record.Schema);
        byte[] name = Encoding.UTF8.GetBytes(record.Name);
        byte[] bytes = Sized(RecordFormat.CreateHeaderBytes + schema.Length + name.Length, RecordKind.CreateStream, record);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(RecordFormat.BodyAt), checked((ushort)name.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(RecordFormat.BodyAt + 4), (uint)schema.Length);
        schema.CopyTo(bytes, RecordFormat.CreateHeaderBytes);
        name.CopyTo(bytes, RecordFormat.CreateHeaderBytes + schema.Length);
        return bytes;
    }

    private static byte[] Add(AddColumnsRecord record)
    {
        byte[] schema = SchemaMessage.Encode(new Schema(record.Fields));
        byte[] bytes = Sized(RecordFormat.AddHeaderBytes + schema.Length, RecordKind.AddColumns, record);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFormat.BodyAt), record.SchemaVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(RecordFormat.BodyAt + 8), (uint)schema.Length);
        schema.CopyTo(bytes, RecordFormat.AddHeaderBytes);
        return bytes;
    }

    private static byte[] Abandon(AbandonPartsRecord record)
    {
        byte[] bytes = Sized(RecordFormat.AbandonBytes, RecordKind.AbandonParts, record);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFormat.BodyAt), record.FirstOffset);
        return bytes;
    }

    private static byte[] Sized(int lengthBytes, RecordKind kind, LogRecord record)
    {
        byte[] bytes = new byte[RecordFormat.Padded(lengthBytes)];
        RecordFormat.WriteRecordHeader(bytes, bytes.Length, kind, record.StreamId, record.TimeMicros);
        return bytes;
    }
}
