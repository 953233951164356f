using System.Buffers.Binary;
using Varve.Storage.Segments;
using Varve.Storage.Zones;

namespace Varve.Storage.Records;

/// <summary>
/// What the catalog knows of a segment as bytes, in records and checkpoints. Little-endian. Without state, any thread.
/// <code>
/// offset bytes type  field
/// 0      4     u32   length in bytes, this header and the padding included; a multiple of 8
/// 4      4     u32   bytes of the zones
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
///        ...         zones: one for each column (<see cref="ZoneCodec"/>), or nothing where none is known
/// </code>
/// </summary>
internal static class SegmentInfoCodec
{
    private const int HeaderBytes = 80;
    private const ushort Clustered = 1;

    public static byte[] Write(SegmentInfo segment)
    {
        byte[] zones = WriteZones(segment);
        int zonesAt = HeaderBytes + (2 * (segment.BlockRows.Length + segment.ClusteredBy.Length));
        byte[] bytes = new byte[RecordFormat.Padded(zonesAt + zones.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)zones.Length);
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

        zones.CopyTo(bytes, zonesAt);
        return bytes;
    }

    /// <summary>Reads the segment at the start of the bytes and takes it off them; null where they are none.</summary>
    public static SegmentInfo? Read(long streamId, ref ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderBytes)
            return null;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source);
        uint zoneBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        uint blockCount = BinaryPrimitives.ReadUInt32LittleEndian(source[68..]);
        int clusteredCount = BinaryPrimitives.ReadUInt16LittleEndian(source[76..]);
        long zonesAt = HeaderBytes + (2L * (blockCount + clusteredCount));
        if (length > source.Length || length % 8 != 0 || zonesAt + zoneBytes > length)
            return null;
        ReadOnlySpan<byte> bytes = source[..(int)length];
        source = source[(int)length..];
        int columnCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[72..]);
        Zone?[]? zones = ReadZones(bytes.Slice((int)zonesAt, (int)zoneBytes), columnCount);
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
        if (bytes.IsEmpty)
            return new Zone?[count];
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
