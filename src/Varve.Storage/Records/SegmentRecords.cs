using System.Buffers.Binary;
using Varve.Storage.Keys;
using Varve.Storage.Segments;

namespace Varve.Storage.Records;

/// <summary>The records that name segments, as bytes (<see cref="RecordFormat"/>): seal, replace, restore. Without state, any thread.</summary>
internal static class SegmentRecords
{
    public static byte[] Write(SealRecord record, Keyring keys)
    {
        byte[] segment = SegmentInfoCodec.Write(record.Segment, keys);
        byte[] bytes = RecordWriter.Sized(RecordFormat.BodyAt + segment.Length, RecordKind.Seal, record);
        segment.CopyTo(bytes, RecordFormat.BodyAt);
        return bytes;
    }

    public static byte[] Write(ReplaceSegmentsRecord record, Keyring keys)
    {
        byte[][] added = [.. record.Added.Select(s => SegmentInfoCodec.Write(s, keys))];
        int at = RecordFormat.ReplaceHeaderBytes;
        byte[] bytes = RecordWriter.Sized(at + (8 * record.RemovedIds.Count) + added.Sum(a => a.Length), RecordKind.ReplaceSegments, record);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(RecordFormat.BodyAt), (uint)record.RemovedIds.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(RecordFormat.BodyAt + 4), (uint)added.Length);
        foreach (long id in record.RemovedIds)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), id);
            at += 8;
        }

        foreach (byte[] segment in added)
        {
            segment.CopyTo(bytes, at);
            at += segment.Length;
        }

        return bytes;
    }

    /// <param name="record">The record.</param>
    /// <param name="create">The record of its stream alone.</param>
    /// <param name="keys">What seals the zones.</param>
    public static byte[] Write(RestoreStreamRecord record, ReadOnlySpan<byte> create, Keyring keys)
    {
        byte[][] segments = [.. record.Segments.Select(s => SegmentInfoCodec.Write(s, keys))];
        create = create[RecordFormat.BodyAt..];
        int at = RecordFormat.RestoreHeaderBytes;
        byte[] bytes = RecordWriter.Sized(at + segments.Sum(s => s.Length) + create.Length, RecordKind.RestoreStream, record);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFormat.BodyAt), record.FirstOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(RecordFormat.BodyAt + 8), (uint)segments.Length);
        foreach (byte[] segment in segments)
        {
            segment.CopyTo(bytes, at);
            at += segment.Length;
        }

        create.CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Reads the first half of the record of a restored stream; what is left of the bytes is its stream, from the body on.</summary>
    public static (long FirstOffset, IReadOnlyList<SegmentInfo> Segments) ReadRestored(
        LogPosition position, ref ReadOnlySpan<byte> bytes, long streamId, Keyring keys)
    {
        RecordReader.Need(position, bytes, RecordFormat.RestoreHeaderBytes);
        long firstOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[RecordFormat.BodyAt..]);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(RecordFormat.BodyAt + 8)..]);
        bytes = bytes[RecordFormat.RestoreHeaderBytes..];
        List<SegmentInfo> segments = [];
        for (uint i = 0; i < count; i++)
            segments.Add(ReadSegment(position, streamId, ref bytes, keys));
        return (firstOffset, segments);
    }

    public static SealRecord ReadSeal(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time, Keyring keys)
    {
        bytes = bytes[RecordFormat.BodyAt..];
        SegmentInfo segment = ReadSegment(position, streamId, ref bytes, keys);
        return bytes.IsEmpty
            ? new SealRecord(streamId, time, segment)
            : throw RecordReader.Damaged(position, $"{bytes.Length} bytes stand behind a segment");
    }

    public static ReplaceSegmentsRecord ReadReplace(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time, Keyring keys)
    {
        RecordReader.Need(position, bytes, RecordFormat.ReplaceHeaderBytes);
        uint removedCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecordFormat.BodyAt..]);
        uint addedCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(RecordFormat.BodyAt + 4)..]);
        RecordReader.Need(position, bytes, RecordFormat.ReplaceHeaderBytes + (8L * removedCount));
        bytes = bytes[RecordFormat.ReplaceHeaderBytes..];
        long[] removed = new long[removedCount];
        for (int i = 0; i < removed.Length; i++)
            removed[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]);
        bytes = bytes[(8 * removed.Length)..];
        List<SegmentInfo> added = [];
        for (uint i = 0; i < addedCount; i++)
            added.Add(ReadSegment(position, streamId, ref bytes, keys));
        return bytes.IsEmpty
            ? new ReplaceSegmentsRecord(streamId, time, removed, added)
            : throw RecordReader.Damaged(position, $"{bytes.Length} bytes stand behind {addedCount} segments");
    }

    private static SegmentInfo ReadSegment(LogPosition position, long streamId, ref ReadOnlySpan<byte> bytes, Keyring keys)
    {
        int length = bytes.Length;
        return SegmentInfoCodec.Read(streamId, ref bytes, keys)
            ?? throw RecordReader.Damaged(position, $"a segment of stream {streamId} does not stand in {length} bytes, or not for its key");
    }
}
