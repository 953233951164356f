using System.Buffers.Binary;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Storage.Keys;
using Varve.Storage.Streams;

namespace Varve.Storage.Records;

/// <summary>Records as bytes (<see cref="RecordFormat"/>), but for appends, which <see cref="AppendEncoder"/> writes. Any thread.</summary>
internal static class RecordWriter
{
    private static readonly Keyring NoKeys = Keyring.Off();

    /// <summary>Writes a record as the log gets it: sealed, where keys are there and the record tells what streams, producers or consumers are called or hold.</summary>
    public static byte[] Write(LogRecord record, Keyring keys)
    {
        byte[] bytes = Encode(record, keys);
        return keys.IsEncrypted && record is (CreateStreamRecord or AddColumnsRecord or OpenProducerRecord or CreateConsumerRecord or AlterConsumerRecord
            or RestoreStreamRecord)
            ? SealedBody.Seal(bytes, keys)
            : bytes;
    }

    /// <summary>Writes a record without a seal.</summary>
    public static byte[] Write(LogRecord record) => Encode(record, NoKeys);

    private static byte[] Encode(LogRecord record, Keyring keys) => record switch
    {
        CreateStreamRecord create => Create(create),
        AddColumnsRecord add => Add(add),
        DropStreamRecord drop => Sized(RecordFormat.RecordHeaderBytes, RecordKind.DropStream, drop),
        AbandonPartsRecord abandon => WithNumber(RecordFormat.AbandonBytes, RecordKind.AbandonParts, abandon, abandon.FirstOffset),
        SealRecord seal => SegmentRecords.Write(seal, keys),
        ReplaceSegmentsRecord replace => SegmentRecords.Write(replace, keys),
        TrimRecord trim => WithNumber(RecordFormat.TrimBytes, RecordKind.Trim, trim, trim.FirstOffset),
        StreamSettingsRecord settings => Settings(settings),
        AppendGroupRecord group => ProducerRecords.Write(group),
        AbandonGroupRecord abandon => Sized(RecordFormat.RecordHeaderBytes, RecordKind.AbandonGroup, abandon),
        OpenProducerRecord open => ProducerRecords.Write(open),
        ForgetProducerRecord forget => WithNumber(RecordFormat.ForgetProducerBytes, RecordKind.ForgetProducer, forget, forget.ProducerId),
        CreateConsumerRecord create => ConsumerRecords.Write(create),
        AlterConsumerRecord alter => ConsumerRecords.Write(alter),
        DeleteConsumerRecord delete => ConsumerRecords.Write(delete),
        ResetConsumerRecord reset => ConsumerRecords.Write(reset),
        ConsumerProgressRecord progress => ConsumerRecords.Write(progress),
        RestoreStreamRecord restore => SegmentRecords.Write(restore, Create(restore.Stream), keys),
        _ => throw new ArgumentException($"a record of {record.GetType().Name} is not written here"),
    };

    private static byte[] Create(CreateStreamRecord record)
    {
        byte[] schema = SchemaMessage.Encode(record.Schema);
        byte[] name = Encoding.UTF8.GetBytes(record.Name);
        int settingsBytes = record.Settings == StoredSettings.None ? 0 : SettingsCodec.BytesOf(record.Settings);
        int settingsAt = RecordFormat.CreateHeaderBytes + schema.Length;
        byte[] bytes = Sized(settingsAt + settingsBytes + name.Length, RecordKind.CreateStream, record);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(RecordFormat.BodyAt), checked((ushort)name.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(RecordFormat.BodyAt + 2), checked((ushort)settingsBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(RecordFormat.BodyAt + 4), (uint)schema.Length);
        schema.CopyTo(bytes, RecordFormat.CreateHeaderBytes);
        if (settingsBytes > 0)
            SettingsCodec.Write(record.Settings, bytes.AsSpan(settingsAt));
        name.CopyTo(bytes, settingsAt + settingsBytes);
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

    private static byte[] Settings(StreamSettingsRecord record)
    {
        byte[] bytes = Sized(RecordFormat.BodyAt + SettingsCodec.BytesOf(record.Settings), RecordKind.StreamSettings, record);
        SettingsCodec.Write(record.Settings, bytes.AsSpan(RecordFormat.BodyAt));
        return bytes;
    }

    private static byte[] WithNumber(int lengthBytes, RecordKind kind, LogRecord record, long number)
    {
        byte[] bytes = Sized(lengthBytes, kind, record);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFormat.BodyAt), number);
        return bytes;
    }

    /// <summary>Zeroed bytes of a record with its common header.</summary>
    internal static byte[] Sized(int lengthBytes, RecordKind kind, LogRecord record)
    {
        byte[] bytes = new byte[RecordFormat.Padded(lengthBytes)];
        RecordFormat.WriteRecordHeader(bytes, bytes.Length, kind, record.StreamId, record.TimeMicros);
        return bytes;
    }
}
