using System.Buffers.Binary;
using Varve.Storage.Keys;
using Varve.Storage.Log;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// The first bytes of a segment file (docs/formats/segment.md), never encrypted. Little-endian; what is not named is zero.
/// <code>
/// offset  bytes  type   meaning
///      0      8  ascii  "VARVESEG"
///      8      2  u16    version of the format
///     10      2  u16    oldest version whose readers can read the file
///     12      4  u32    kind: 1 segment
///     16     16  bytes  node id, in the byte order of RFC 9562
///     32      8  i64    segment id
///     40      8  i64    stream id
///     48      4  i32    version of the stream's key that seals the pages; 0: they are not encrypted
///     52     32  bytes  salt, random, of this file alone
///     84      8         zero
///     92      4  u32    CRC-32C of bytes 0..91
/// </code>
/// </summary>
internal readonly record struct SegmentHeader(SegmentIdentity Identity, int KeyVersion, ReadOnlyMemory<byte> Salt)
{
    public const int Bytes = 96;
    public const ushort CurrentVersion = 1;

    private const ushort OldestReader = 1;
    private const int SegmentKind = 1;
    private const int SaltAt = 52;
    private const int ZerosAt = SaltAt + PageCipher.SaltBytes;
    private const int ChecksumAt = 92;

    private static ReadOnlySpan<byte> Magic => "VARVESEG"u8;

    /// <summary>Of the format that the file is in.</summary>
    public int Version { get; init; } = CurrentVersion;

    public void Write(Span<byte> target)
    {
        target = target[..Bytes];
        target.Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], (ushort)Version);
        BinaryPrimitives.WriteUInt16LittleEndian(target[10..], OldestReader);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], SegmentKind);
        Identity.NodeId.TryWriteBytes(target[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], Identity.SegmentId);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], Identity.StreamId);
        BinaryPrimitives.WriteInt32LittleEndian(target[48..], KeyVersion);
        Salt.Span.CopyTo(target[SaltAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumAt..], Crc32C.Compute(target[..ChecksumAt]));
    }

    /// <summary>Throws <see cref="StorageErrorCode.Corruption"/> for anything but an undamaged header of a version that can be read.</summary>
    public static SegmentHeader Parse(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.Length < Bytes || !bytes[..Magic.Length].SequenceEqual(Magic))
            throw SegmentDamage.InFile(path, "header: it does not start as a segment does");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Crc32C.Compute(bytes[..ChecksumAt]))
            throw SegmentDamage.InFile(path, "header: its checksum does not match");
        int oldestReader = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        if (oldestReader > CurrentVersion)
        {
            throw new StorageException(
                StorageErrorCode.Unsupported,
                $"{path} needs a reader of segment format {oldestReader} or newer; this version reads up to {CurrentVersion}");
        }

        int kind = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        int keyVersion = BinaryPrimitives.ReadInt32LittleEndian(bytes[48..]);
        if (kind != SegmentKind || keyVersion < 0 || bytes[ZerosAt..ChecksumAt].ContainsAnyExcept((byte)0))
            throw SegmentDamage.InFile(path, $"header: kind {kind}, key version {keyVersion}, or bytes that are to be zero are not");
        return new SegmentHeader(
            new SegmentIdentity(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
                new Guid(bytes[16..32], bigEndian: true)),
            keyVersion,
            bytes.Slice(SaltAt, PageCipher.SaltBytes).ToArray())
        {
            Version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
        };
    }
}
