using System.Buffers.Binary;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// What a page is and where it stands. It is not stored: whoever opens the page says what he expects, and the seal, which covers it as associated
/// data, tells whether that is so. Little-endian.
/// <code>
/// offset  bytes  type   meaning
///      0     16  bytes  node id, in the byte order of RFC 9562
///     16      8  i64    segment id
///     24      8  i64    stream id
///     32      4  i32    version of the stream's key
///     36      4  u32    kind: 1 block, 2 dictionary, 3 Bloom filter, 4 footer
///     40      8  i64    place in the file
///     48      4  i32    bytes of the payload
///     52      4  i32    number of the page, from 0
///     56      4  i32    column; -1 in the footer
///     60      4  i32    block, or part of the Bloom filters; else -1
/// </code>
/// </summary>
internal readonly record struct PageLabel(PageKind Kind, int Number, long Place, int PayloadBytes, int Column, int Block)
{
    public const int Bytes = 64;

    public void Write(SegmentIdentity segment, int keyVersion, Span<byte> target)
    {
        segment.NodeId.TryWriteBytes(target, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], segment.SegmentId);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], segment.StreamId);
        BinaryPrimitives.WriteInt32LittleEndian(target[32..], keyVersion);
        BinaryPrimitives.WriteInt32LittleEndian(target[36..], (int)Kind);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], Place);
        BinaryPrimitives.WriteInt32LittleEndian(target[48..], PayloadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[52..], Number);
        BinaryPrimitives.WriteInt32LittleEndian(target[56..], Column);
        BinaryPrimitives.WriteInt32LittleEndian(target[60..], Block);
    }
}
