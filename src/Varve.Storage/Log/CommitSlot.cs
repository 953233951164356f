using System.Buffers.Binary;

namespace Varve.Storage.Log;

/// <summary>
/// A commit record: what is known of the log apart from its entries (docs/formats/log.md). Two slots of the control file take turns, so that a torn
/// write leaves the one before it whole. Little-endian.
/// <code>
/// offset  bytes  type  meaning
///      0      4  u32   magic
///      4      4  u32   CRC-32C of bytes 8..63, seeded with the log's salt
///      8      8  i64   number of the record; the higher is the newer
///     16      8  i64   address of the first entry
///     24      8  i64   position of the first entry
///     32      8  i64   newest position known to be durable
///     40      8  i64   number of the last file that holds durable entries
///     48      8  i64   highest term seen
///     56      4  u32   incarnation
///     60      4  u32   1 when the log was closed with nothing in doubt, else 0
/// </code>
/// </summary>
internal readonly record struct CommitSlot(
    long Number,
    long BeginAddress,
    LogPosition BeginPosition,
    LogPosition DurableUpTo,
    long LastFile,
    long Term,
    uint Incarnation,
    bool Closed)
{
    /// <summary>A sector: written whole or not at all.</summary>
    public const int Bytes = 512;

    private const uint Magic = 0x31534C56; // "VLS1"
    private const int ChecksumStart = 8;
    private const int End = 64;

    public void Write(Span<byte> target, uint salt)
    {
        target.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], BeginAddress);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], BeginPosition.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], DurableUpTo.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], LastFile);
        BinaryPrimitives.WriteInt64LittleEndian(target[48..], Term);
        BinaryPrimitives.WriteUInt32LittleEndian(target[56..], Incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(target[60..], Closed ? 1u : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Crc32C.Compute(target[ChecksumStart..End], salt));
    }

    public static CommitSlot? TryRead(ReadOnlySpan<byte> source, uint salt)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) != Crc32C.Compute(source[ChecksumStart..End], salt))
        {
            return null;
        }

        return new CommitSlot(
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(source[24..])),
            new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(source[32..])),
            BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[48..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[56..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[60..]) == 1);
    }
}
