using System.Buffers.Binary;
using Varve.Storage.Consumers;
using Varve.Storage.Records;

namespace Varve.Storage.Catalog;

/// <summary>
/// The consumers in the body of a checkpoint as bytes (docs/formats/checkpoint.md). Little-endian. Without state, any thread.
/// <code>
/// offset bytes type  field
/// 0      8     i64   id of the newest consumer that ever was
/// 8      4     u32   consumers
/// 12     4     u32   zero
/// 16     ...         consumers, in the order of their ids
///
/// consumer 0   4     u32   length in bytes, this header and the padding included; a multiple of 8
///        4     4     i32   epoch
///        8     8     i64   consumer id
///        16    8     i64   stream id
///        24    8     i64   when it was created, microseconds since 1970-01-01 UTC
///        32    8     i64   when its progress changed last
///        40    8     i64   offset where it began
///        48    8     i64   its offset
///        56    8     i64   rows acknowledged
///        64    8     i64   rows gone to the dead letters
///        72    8     i64   rows missed
///        80    8     i64   deliveries of rows that failed
///        88    4     u32   ranges that are passed above its offset
///        92    4     u32   ranges whose delivery failed
///        96    ...         passed ranges: first offset (i64), offset behind the last (i64)
///              ...         failed ranges: the same, and how many deliveries failed (i64)
///              ...         settings and name (<see cref="ConsumerSettingsCodec"/>)
/// </code>
/// </summary>
internal static class ConsumerCodec
{
    private const int ConsumerHeaderBytes = 96;
    private const int PassedBytes = 16;
    private const int FailedBytes = 24;

    public static byte[] Write(ConsumerSet set) => CheckpointList.Write(set.LastId, set.ById.Values.OrderBy(c => c.Id).Select(Write));

    /// <summary>Throws <see cref="CheckpointFormatException"/> for bytes that are no consumers.</summary>
    public static ConsumerSet Read(ReadOnlySpan<byte> bytes)
    {
        (long lastId, IReadOnlyList<ConsumerState> consumers) =
            CheckpointList.Read(bytes, "consumer", ReadConsumer, c => c.Id, c => (c.StreamId, c.Name));
        return lastId == 0 ? ConsumerSet.Empty : ConsumerSet.Restore(lastId, consumers);
    }

    private static byte[] Write(ConsumerState consumer)
    {
        int rangesBytes = (consumer.Done.Items.Length * PassedBytes) + (consumer.Failed.Items.Length * FailedBytes);
        int settingsAt = ConsumerHeaderBytes + rangesBytes;
        byte[] bytes = new byte[RecordFormat.Padded(settingsAt + ConsumerSettingsCodec.BytesOf(consumer.Settings, consumer.Name))];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), consumer.Epoch);
        WriteNumbers(
            bytes.AsSpan(8),
            [
                consumer.Id, consumer.StreamId, consumer.CreatedMicros, consumer.LastProgressMicros, consumer.StartOffset, consumer.Offset,
                consumer.AcknowledgedRowCount, consumer.DeadRowCount, consumer.MissedRowCount, consumer.FailedRowCount,
            ]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(88), consumer.Done.Items.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(92), consumer.Failed.Items.Length);
        int at = ConsumerHeaderBytes;
        foreach (OffsetRange range in consumer.Done.Items)
        {
            WriteNumbers(bytes.AsSpan(at), [range.From, range.End]);
            at += PassedBytes;
        }

        foreach (FailedRows rows in consumer.Failed.Items)
        {
            WriteNumbers(bytes.AsSpan(at), [rows.From, rows.End, rows.Count]);
            at += FailedBytes;
        }

        ConsumerSettingsCodec.Write(consumer.Settings, consumer.Name, bytes.AsSpan(settingsAt));
        return bytes;
    }

    private static ConsumerState ReadConsumer(ref ReadOnlySpan<byte> rest)
    {
        CheckpointList.Need(rest.Length >= ConsumerHeaderBytes, $"{rest.Length} bytes of a consumer are too few");
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        long passedCount = BinaryPrimitives.ReadUInt32LittleEndian(rest[88..]);
        long failedCount = BinaryPrimitives.ReadUInt32LittleEndian(rest[92..]);
        long settingsAt = ConsumerHeaderBytes + (passedCount * PassedBytes) + (failedCount * FailedBytes);
        CheckpointList.Need(length <= rest.Length && length % 8 == 0 && settingsAt <= length, $"a consumer claims {length} bytes, {rest.Length} are there");
        ReadOnlySpan<byte> bytes = rest[..length];
        rest = rest[length..];
        ReadOnlySpan<byte> ranges = bytes[ConsumerHeaderBytes..];
        var passed = new OffsetRange[passedCount];
        for (int i = 0; i < passed.Length; i++)
            passed[i] = new OffsetRange(Number(ranges, 2 * i), Number(ranges, (2 * i) + 1));
        ranges = ranges[(passed.Length * PassedBytes)..];
        var failed = new FailedRows[failedCount];
        for (int i = 0; i < failed.Length; i++)
            failed[i] = new FailedRows(Number(ranges, 3 * i), Number(ranges, (3 * i) + 1), (int)Math.Min(int.MaxValue, Number(ranges, (3 * i) + 2)));
        (ConsumerSettings settings, string name) = ConsumerSettingsCodec.Read(bytes[(int)settingsAt..])
            ?? throw new CheckpointFormatException("the settings of a consumer are none");
        ReadOnlySpan<byte> numbers = bytes[8..];
        OffsetRanges done = OffsetRanges.Of(passed);
        CheckpointList.Need(done.Items.Length == passed.Length && IsRising(failed), $"the ranges of consumer {Number(numbers, 0)} overlap");
        ConsumerState consumer = new()
        {
            Id = Number(numbers, 0),
            StreamId = Number(numbers, 1),
            Name = name,
            Settings = settings,
            CreatedMicros = Number(numbers, 2),
            LastProgressMicros = Number(numbers, 3),
            Epoch = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            StartOffset = Number(numbers, 4),
            Offset = Number(numbers, 5),
            AcknowledgedRowCount = Number(numbers, 6),
            DeadRowCount = Number(numbers, 7),
            MissedRowCount = Number(numbers, 8),
            FailedRowCount = Number(numbers, 9),
            Done = done,
            Failed = FailedDeliveries.Restore(failed),
        };
        return consumer.Problem() is { } problem ? throw new CheckpointFormatException(problem) : consumer;
    }

    private static bool IsRising(FailedRows[] failed)
    {
        long end = long.MinValue;
        foreach (FailedRows rows in failed)
        {
            if (rows.From < end || rows.End <= rows.From)
                return false;
            end = rows.End;
        }

        return true;
    }

    private static void WriteNumbers(Span<byte> target, ReadOnlySpan<long> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(target[(8 * i)..], numbers[i]);
    }

    private static long Number(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * index)..]);
}
