using System.Buffers.Binary;

namespace Varve.Storage.Log;

/// <summary>
/// The first block of every file of the log (docs/formats/log.md). Little-endian; what is not named is zero.
/// <code>
/// offset  bytes  type   meaning
///      0      8  ascii  "VARVELOG"
///      8      2  u16    version of the format
///     10      2  u16    oldest version whose readers can read the file
///     12      4  u32    kind: 1 control, 2 entries
///     16     16  bytes  identity of the log, random, the same in all its files, in the byte order of RFC 9562
///     32      8  i64    number of the file, from 0 (control: 0)
///     40      8  i64    bytes of entries in each file
///     48      4  u32    bytes of a page
///     52      4  u32    CRC-32C of bytes 0..51
/// </code>
/// </summary>
internal readonly record struct LogFileHeader(LogFileKind Kind, Guid LogId, long Number, long SegmentBytes, int PageBytes)
{
    /// <summary>What the header takes of the file: a block, so that pages stay aligned.</summary>
    public const int BlockBytes = 4096;

    private const ushort Version = 1;
    private const ushort OldestReader = 1;
    private const int ChecksumAt = 52;

    private static ReadOnlySpan<byte> Magic => "VARVELOG"u8;

    /// <summary>
    /// Mixed into the checksum of every entry, so that the copy of another log's entry inside a payload is not taken for one of ours.
    /// </summary>
    public uint Salt
    {
        get
        {
            Span<byte> id = stackalloc byte[16];
            LogId.TryWriteBytes(id, bigEndian: true, out _);
            return Crc32C.Compute(id);
        }
    }

    public byte[] ToBlock()
    {
        var block = new byte[BlockBytes];
        Magic.CopyTo(block);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(10), OldestReader);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(12), (int)Kind);
        LogId.TryWriteBytes(block.AsSpan(16), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(32), Number);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(40), SegmentBytes);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(48), PageBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(ChecksumAt), Crc32C.Compute(block.AsSpan(0, ChecksumAt)));
        return block;
    }

    /// <summary>Throws <see cref="StorageErrorCode.Corruption"/> for anything but an undamaged header of a version that can be read.</summary>
    public static LogFileHeader Parse(ReadOnlySpan<byte> block, string path)
    {
        if (block.Length < BlockBytes || !block[..Magic.Length].SequenceEqual(Magic))
            throw LogDamage.InFile(path, 0, "it does not start as a file of a log does");
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[ChecksumAt..]) != Crc32C.Compute(block[..ChecksumAt]))
            throw LogDamage.InFile(path, 0, "the checksum of its header does not match");
        int oldestReader = BinaryPrimitives.ReadUInt16LittleEndian(block[10..]);
        if (oldestReader > Version)
        {
            throw new StorageException(
                StorageErrorCode.Unsupported,
                $"{path} needs a reader of log format {oldestReader} or newer; this version reads up to {Version}");
        }

        return new LogFileHeader(
            (LogFileKind)BinaryPrimitives.ReadInt32LittleEndian(block[12..]),
            new Guid(block[16..32], bigEndian: true),
            BinaryPrimitives.ReadInt64LittleEndian(block[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(block[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(block[48..]));
    }
}
