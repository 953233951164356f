using System.Buffers.Binary;
using System.Text;

namespace Varve.Storage.Records;

/// <summary>
/// Settings and name of a consumer as bytes, in records and in checkpoints. Little-endian. Without state, any thread.
/// <code>
/// offset bytes type  field
/// 0      8     i64   time to acknowledge, milliseconds
/// 8      4     i32   rows in flight at most
/// 12     4     i32   deliveries at most; 0: no limit
/// 16     2     u16   bytes of the name of the consumer
/// 18     2     u16   bytes of the name of the stream for dead letters; 0: there is none
/// 20     4     u32   zero
/// 24     ...         name of the consumer: UTF-8
///        ...         name of the stream for dead letters: UTF-8
/// </code>
/// </summary>
internal static class ConsumerSettingsCodec
{
    private const int HeaderBytes = 24;

    /// <summary>Not padded.</summary>
    public static int BytesOf(ConsumerSettings settings, string name) =>
        HeaderBytes + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(settings.DeadLetterStream ?? "");

    /// <summary>Writes into zeroed bytes.</summary>
    public static void Write(ConsumerSettings settings, string name, Span<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, (long)settings.AckTimeout.TotalMilliseconds);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], settings.RowsInFlightMax);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], settings.DeliveriesMax ?? 0);
        int nameBytes = Encoding.UTF8.GetBytes(name, target[HeaderBytes..]);
        int deadBytes = Encoding.UTF8.GetBytes(settings.DeadLetterStream ?? "", target[(HeaderBytes + nameBytes)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(target[16..], checked((ushort)nameBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(target[18..], checked((ushort)deadBytes));
    }

    /// <summary>Null for bytes that are no settings.</summary>
    public static (ConsumerSettings Settings, string Name)? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
            return null;
        long timeout = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        int inFlight = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        int deliveries = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]);
        int deadBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]);
        if (timeout is < 1 or > int.MaxValue || inFlight < 1 || deliveries < 0 || bytes.Length < HeaderBytes + nameBytes + deadBytes
            || deliveries == 0 != (deadBytes == 0))
            return null;
        ConsumerSettings settings = new()
        {
            AckTimeout = TimeSpan.FromMilliseconds(timeout),
            RowsInFlightMax = inFlight,
            DeliveriesMax = deliveries == 0 ? null : deliveries,
            DeadLetterStream = deadBytes == 0 ? null : Encoding.UTF8.GetString(bytes.Slice(HeaderBytes + nameBytes, deadBytes)),
        };
        return (settings, Encoding.UTF8.GetString(bytes.Slice(HeaderBytes, nameBytes)));
    }
}
