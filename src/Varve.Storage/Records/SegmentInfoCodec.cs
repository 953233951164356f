using System.Buffers.Binary;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Storage.Zones;

namespace Varve.Storage.Records;

/// <summary>
/// What the catalog knows of a segment as bytes, in records and checkpoints. Little-endian. Without state, any thread.
/// <code>
/// offset bytes type  field
/// 0      4     u32   length in bytes, this header and the padding included; a multiple of 8
/// 4      4     u32   bytes of the blob
/// 8      8     i64   segment id
/// 16     8     i64   first offset
/// 24     8     i64   rows, at least 1
/// 32     8     i64   bytes of the file
/// 40     8     i64   bytes of the rows as plain arrays, about
/// 48     8     i64   least time, microseconds since 1970-01-01 UTC
/// 56     8     i64   greatest time
/// 64     4     u32   version of the stream's key; 0: not encrypted
/// 68     4     u32   blocks
/// 72     2     u16   columns of the file
/// 74     2     u16   bit 0: rows do not stand in the order of their offsets
/// 76     2     u16   columns that the rows are sorted by
/// 78     2     u16   zero
/// 80     ...         blocks: u16 each, its rows less 1
///        ...         columns that the rows are sorted by: u16 each, places in the stream's schema
///        ...         blob (<see cref="SealedBlob"/>), sealed with the stream's key: a zone for each column (<see cref="ZoneCodec"/>). Associated
///                    data: stream id, i64, and from 8 to here. Or nothing, where no zone is known
/// </code>
/// </summary>
/// <remarks>Least and greatest values are what the stream holds, so they go with its key. All else is numbers of rows and bytes.</remarks>
internal static class SegmentInfoCodec
{
    private const int HeaderBytes = 80;
    private const ushort Clustered = 1;

    /// <summary>The segment as bytes; without its zones where the stream's key was erased meanwhile.</summary>
    public static byte[] Write(SegmentInfo segment, Keyring keys)
    {
        byte[] zones = WriteZones(segment);
        StreamKey? key = zones.Length == 0 ? null : keys.TryCurrentKey(segment.StreamId);
        int blobAt = HeaderBytes + (2 * (segment.BlockRows.Length + segment.ClusteredBy.Length));
        int blobBytes = key is null ? 0 : SealedBlob.OverheadBytes + zones.Length;
        byte[] bytes = new byte[RecordFormat.Padded(blobAt + blobBytes)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)blobBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), segment.Id);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), segment.FirstOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), segment.RowCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), segment.FileBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), segment.RawBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(48), segment.FirstTimeMicros);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(56), segment.LastTimeMicros);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(64), (uint)segment.KeyVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(68), (uint)segment.BlockRows.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(72), checked((ushort)segment.ColumnCount));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(74), segment.IsClustered ? Clustered : (ushort)0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(76), checked((ushort)segment.ClusteredBy.Length));
        int at = HeaderBytes;
        foreach (int value in segment.BlockRows.Select(rows => rows - 1).Concat(segment.ClusteredBy))
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), checked((ushort)value));
            at += 2;
        }

        if (key is not null)
            SealedBlob.Seal(key, KeyPurpose.SegmentZones, Associated(segment.StreamId, bytes.AsSpan(0, blobAt)), zones).CopyTo(bytes, blobAt);
        return bytes;
    }

    /// <summary>
    /// Reads the segment at the start of the bytes and takes it off them; null where they are none. Of a stream whose key was erased no zone is
    /// known.
    /// </summary>
    public static SegmentInfo? Read(long streamId, ref ReadOnlySpan<byte> source, Keyring keys)
    {
        if (source.Length < HeaderBytes)
            return null;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source);
        uint blobBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        uint blockCount = BinaryPrimitives.ReadUInt32LittleEndian(source[68..]);
        int clusteredCount = BinaryPrimitives.ReadUInt16LittleEndian(source[76..]);
        long blobAt = HeaderBytes + (2L * (blockCount + clusteredCount));
        if (length > source.Length || length % 8 != 0 || blobAt + blobBytes > length)
            return null;
        ReadOnlySpan<byte> bytes = source[..(int)length];
        source = source[(int)length..];
        int columnCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[72..]);
        Zone?[]? zones = new Zone?[columnCount];
        if (blobBytes > 0 && !keys.IsErased(streamId))
        {
            ReadOnlySpan<byte> blob = bytes.Slice((int)blobAt, (int)blobBytes);
            byte[]? opened = keys.OpenBlob(streamId, KeyPurpose.SegmentZones, Associated(streamId, bytes[..(int)blobAt]), blob);
            zones = opened is null ? null : ReadZones(opened, columnCount);
        }

        return zones is null ? null : new SegmentInfo
        {
            Id = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            StreamId = streamId,
            FirstOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            RowCount = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BlockRows = ReadNumbers(bytes[HeaderBytes..], (int)blockCount, plus: 1),
            FileBytes = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            RawBytes = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            FirstTimeMicros = BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
            LastTimeMicros = BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]),
            KeyVersion = BinaryPrimitives.ReadInt32LittleEndian(bytes[64..]),
            ColumnCount = columnCount,
            IsClustered = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[74..]) & Clustered) != 0,
            ClusteredBy = ReadNumbers(bytes[(HeaderBytes + (2 * (int)blockCount))..], clusteredCount, plus: 0),
            Zones = zones,
        };
    }

    /// <summary>All but the lengths, which follow from the rest.</summary>
    private static byte[] Associated(long streamId, ReadOnlySpan<byte> head)
    {
        byte[] associated = head.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(associated, streamId);
        return associated;
    }

    private static int[] ReadNumbers(ReadOnlySpan<byte> bytes, int count, int plus)
    {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++)
            numbers[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) + plus;
        return numbers;
    }

    private static byte[] WriteZones(SegmentInfo segment)
    {
        if (segment.Zones.All(z => z is null))
            return [];
        byte[] bytes = new byte[segment.Zones.Length * ZoneCodec.BytesMax];
        int length = 0;
        foreach (Zone? zone in segment.Zones)
            length += ZoneCodec.Write(zone, bytes.AsSpan(length));
        return bytes[..length];
    }

    /// <summary>Null where the bytes are not just as many zones.</summary>
    private static Zone?[]? ReadZones(ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length < count)
            return null;
        var zones = new Zone?[count];
        for (int i = 0; i < count; i++)
        {
            int taken = ZoneCodec.Read(bytes, out zones[i]);
            if (taken == 0)
                return null;
            bytes = bytes[taken..];
        }

        return bytes.IsEmpty ? zones : null;
    }
}
