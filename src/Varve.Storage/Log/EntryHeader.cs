using System.Buffers.Binary;

namespace Varve.Storage.Log;

/// <summary>
/// What stands before the payload of every entry (docs/formats/log.md). Little-endian.
/// <code>
/// offset  bytes  type  meaning
///      0      4  u32   magic
///      4      4  u32   CRC-32C of bytes 8..39, seeded with the log's salt
///      8      8  i64   position, dense from 1
///     16      8  i64   term
///     24      4  u32   length of the payload
///     28      4  u32   CRC-32C of the payload, seeded with the log's salt
///     32      4  u32   incarnation: which opening of the log wrote the entry
///     36      4  u32   how many positions, this one included, were not known to be durable when the entry was written
/// </code>
/// The last field makes every entry a witness: everything before those positions had been acknowledged, so if it is missing it was lost.
/// </summary>
internal readonly record struct EntryHeader(LogPosition Position, long Term, int PayloadBytes, uint PayloadChecksum, uint Incarnation, uint InDoubt)
{
    public const int Bytes = 40;
    public const uint Magic = 0x31454C56; // "VLE1"

    private const int ChecksumStart = 8;

    /// <summary>The newest position that was durable when this entry was written.</summary>
    public LogPosition DurableBefore => new(Position.Value - InDoubt);

    public void Write(Span<byte> target, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Position.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Term);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], PayloadChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(target[32..], Incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(target[36..], InDoubt);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Crc32C.Compute(target[ChecksumStart..Bytes], salt));
    }

    /// <summary>False where the bytes are not a whole header of this log.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, uint salt, out EntryHeader header)
    {
        header = default;
        if (source.Length < Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) != Crc32C.Compute(source[ChecksumStart..Bytes], salt))
        {
            return false;
        }

        header = new EntryHeader(
            new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(source[8..])),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[36..]));
        return header.PayloadBytes >= 0 && header.Position.Value > 0 && header.InDoubt > 0;
    }
}
