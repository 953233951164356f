using System.Buffers.Binary;
using Varve.Storage.Keys;
using Varve.Storage.Log;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// The last bytes of a segment file: where its footer is. Never encrypted. Little-endian.
/// <code>
/// offset  bytes  type   meaning
///      0      8  i64    place of the footer
///      8      4  i32    bytes of the footer's payload; its seal and this trailer follow it and end the file
///     12      4  i32    number of the footer's page: the pages before it
///     16      4  u32    CRC-32C of bytes 0..15 and of the file's header
///     20      4         zero
///     24      8  ascii  "VARVEEND"
/// </code>
/// </summary>
internal readonly record struct SegmentTrailer(long FooterPlace, int FooterBytes, int FooterNumber)
{
    public const int Bytes = 32;

    private const int ChecksumAt = 16;
    private const int MagicAt = 24;

    private static ReadOnlySpan<byte> Magic => "VARVEEND"u8;

    public PageLabel Footer => new(PageKind.Footer, FooterNumber, FooterPlace, FooterBytes, -1, -1);

    public void Write(ReadOnlySpan<byte> header, Span<byte> target)
    {
        target = target[..Bytes];
        target.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, FooterPlace);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], FooterBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], FooterNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumAt..], Checksum(header, target));
        Magic.CopyTo(target[MagicAt..]);
    }

    /// <param name="bytes">The last ones of the file.</param>
    /// <param name="header">The first ones.</param>
    /// <param name="fileBytes">The file's length.</param>
    /// <param name="path">The file.</param>
    public static SegmentTrailer Parse(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> header, long fileBytes, string path)
    {
        if (bytes.Length != Bytes || !bytes[MagicAt..].SequenceEqual(Magic))
            throw SegmentDamage.InFile(path, "trailer: it does not end as a segment does");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Checksum(header, bytes))
            throw SegmentDamage.InFile(path, "trailer: its checksum does not match");
        SegmentTrailer trailer = new(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]));
        long end = fileBytes - Bytes - PageCipher.SealBytes;
        bool fits = trailer.FooterPlace >= SegmentHeader.Bytes && trailer.FooterPlace <= end && trailer.FooterBytes == end - trailer.FooterPlace;
        if (!fits || trailer.FooterNumber < 0 || bytes[(ChecksumAt + 4)..MagicAt].ContainsAnyExcept((byte)0))
        {
            throw SegmentDamage.InFile(
                path, $"trailer: a footer of {trailer.FooterBytes} bytes at {trailer.FooterPlace} does not end a file of {fileBytes} bytes");
        }

        return trailer;
    }

    /// <summary>The header's bytes take part, so that header and trailer of different files do not go together.</summary>
    private static uint Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer) =>
        Crc32C.Compute(trailer[..ChecksumAt], Crc32C.Compute(header[..SegmentHeader.Bytes]));
}
