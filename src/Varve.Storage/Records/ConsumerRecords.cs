using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Varve.Storage.Records;

/// <summary>Records of consumers as bytes (<see cref="RecordFormat"/>). Any thread.</summary>
internal static class ConsumerRecords
{
    private const int RangeBytes = 16;

    public static byte[] Write(CreateConsumerRecord record)
    {
        int length = RecordFormat.CreateConsumerHeaderBytes + ConsumerSettingsCodec.BytesOf(record.Settings, record.Name);
        byte[] bytes = Sized(length, RecordKind.CreateConsumer, record);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFormat.ConsumerBodyAt), record.StartOffset);
        ConsumerSettingsCodec.Write(record.Settings, record.Name, bytes.AsSpan(RecordFormat.CreateConsumerHeaderBytes));
        return bytes;
    }

    public static byte[] Write(AlterConsumerRecord record)
    {
        int length = RecordFormat.ConsumerBodyAt + ConsumerSettingsCodec.BytesOf(record.Settings, "");
        byte[] bytes = Sized(length, RecordKind.AlterConsumer, record);
        ConsumerSettingsCodec.Write(record.Settings, "", bytes.AsSpan(RecordFormat.ConsumerBodyAt));
        return bytes;
    }

    public static byte[] Write(DeleteConsumerRecord record) => Sized(RecordFormat.ConsumerBodyAt, RecordKind.DeleteConsumer, record);

    public static byte[] Write(ResetConsumerRecord record)
    {
        byte[] bytes = Sized(RecordFormat.ResetConsumerBytes, RecordKind.ResetConsumer, record);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFormat.ConsumerBodyAt), record.Offset ?? -1);
        return bytes;
    }

    public static byte[] Write(ConsumerProgressRecord record)
    {
        int count = record.Passed.Length + record.Failed.Length;
        byte[] bytes = Sized(RecordFormat.ProgressHeaderBytes + (count * RangeBytes), RecordKind.ConsumerProgress, record);
        if (record.IsDeadLetters)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(RecordFormat.FlagsAt), RecordFormat.Grouped);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(RecordFormat.ConsumerBodyAt), record.Passed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(RecordFormat.ConsumerBodyAt + 4), record.Failed.Length);
        Span<byte> target = bytes.AsSpan(RecordFormat.ProgressHeaderBytes);
        foreach (OffsetRange range in record.Passed.Concat(record.Failed))
        {
            BinaryPrimitives.WriteInt64LittleEndian(target, range.From);
            BinaryPrimitives.WriteInt64LittleEndian(target[8..], range.End);
            target = target[RangeBytes..];
        }

        return bytes;
    }

    public static CreateConsumerRecord ReadCreate(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time)
    {
        RecordReader.Need(position, bytes, RecordFormat.CreateConsumerHeaderBytes);
        long start = BinaryPrimitives.ReadInt64LittleEndian(bytes[RecordFormat.ConsumerBodyAt..]);
        (ConsumerSettings settings, string name) = ReadSettings(position, bytes[RecordFormat.CreateConsumerHeaderBytes..]);
        return new CreateConsumerRecord(streamId, time, IdOf(bytes), start, settings, name);
    }

    public static AlterConsumerRecord ReadAlter(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time)
    {
        RecordReader.Need(position, bytes, RecordFormat.ConsumerBodyAt);
        return new AlterConsumerRecord(streamId, time, IdOf(bytes), ReadSettings(position, bytes[RecordFormat.ConsumerBodyAt..]).Settings);
    }

    public static DeleteConsumerRecord ReadDelete(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time) =>
        new(streamId, time, IdOf(RecordReader.Need(position, bytes, RecordFormat.ConsumerBodyAt)));

    public static ResetConsumerRecord ReadReset(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time)
    {
        RecordReader.Need(position, bytes, RecordFormat.ResetConsumerBytes);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[RecordFormat.ConsumerBodyAt..]);
        return new ResetConsumerRecord(streamId, time, IdOf(bytes), offset < 0 ? null : offset);
    }

    public static ConsumerProgressRecord ReadProgress(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time)
    {
        RecordReader.Need(position, bytes, RecordFormat.ProgressHeaderBytes);
        long passed = BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecordFormat.ConsumerBodyAt..]);
        long failed = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(RecordFormat.ConsumerBodyAt + 4)..]);
        RecordReader.Need(position, bytes, RecordFormat.ProgressHeaderBytes + ((passed + failed) * RangeBytes));
        ReadOnlySpan<byte> ranges = bytes[RecordFormat.ProgressHeaderBytes..];
        return new ConsumerProgressRecord(
            streamId, time, IdOf(bytes), ReadRanges(ref ranges, (int)passed), ReadRanges(ref ranges, (int)failed))
        {
            IsDeadLetters = RecordFormat.IsGrouped(bytes),
        };
    }

    private static byte[] Sized(int lengthBytes, RecordKind kind, ConsumerRecord record)
    {
        byte[] bytes = RecordWriter.Sized(lengthBytes, kind, record);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFormat.BodyAt), record.ConsumerId);
        return bytes;
    }

    private static long IdOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes[RecordFormat.BodyAt..]);

    private static (ConsumerSettings Settings, string Name) ReadSettings(LogPosition position, ReadOnlySpan<byte> bytes) =>
        ConsumerSettingsCodec.Read(bytes) ?? throw RecordReader.Damaged(position, $"{bytes.Length} bytes of a consumer's settings are none");

    private static ImmutableArray<OffsetRange> ReadRanges(ref ReadOnlySpan<byte> bytes, int count)
    {
        var ranges = new OffsetRange[count];
        for (int i = 0; i < count; i++)
        {
            ranges[i] = new OffsetRange(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
            bytes = bytes[RangeBytes..];
        }

        return [.. ranges];
    }
}
