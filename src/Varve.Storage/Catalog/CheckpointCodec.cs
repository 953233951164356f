using System.Buffers.Binary;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Storage.Consumers;
using Varve.Storage.Keys;
using Varve.Storage.Producers;
using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage.Catalog;

/// <summary>
/// The body of a checkpoint as bytes (docs/formats/checkpoint.md). Little-endian; everything begins at a multiple of 8 bytes. Without state, any
/// thread.
/// <code>
/// offset bytes type  field
/// 0      8     i64   position
/// 8      8     i64   id of the newest stream that was ever created
/// 16     8     i64   highest id that a segment ever had
/// 24     8     i64   changes to streams and columns so far
/// 32     4     u32   streams
/// 36     4     u32   bytes of the producers, a multiple of 8; 0: there never was one
/// 40     8     i64   bytes of the consumers, a multiple of 8; 0: there never was one. Before version 3 of the file's format this is not there
/// 48     ...         streams, in the order of their ids
///        ...         producers (<see cref="ProducerCodec"/>)
///        ...         consumers (<see cref="ConsumerCodec"/>)
///
/// stream 0     4     u32   length in bytes, this header and the padding included; a multiple of 8
///        4     4     u32   bytes of the schema, a multiple of 8
///        8     8     i64   stream id
///        16    8     i64   when it was created, microseconds since 1970-01-01 UTC
///        24    8     i64   version of the schema
///        32    8     i64   oldest offset that is kept
///        40    8     i64   offset where the tail begins
///        48    8     i64   end offset
///        56    8     i64   time of the newest change
///        64    8     i64   position of the newest entry that changed the stream
///        72    2     u16   bytes of the name
///        74    2     u16   bytes of the settings, a multiple of 8
///        76    4     u32   segments
///        80    ...         schema: Arrow's Message flatbuffer
///              ...         settings (<see cref="SettingsCodec"/>)
///              ...         segments (<see cref="SegmentInfoCodec"/>), in the order of their offsets
///              ...         name: UTF-8
/// </code>
/// </summary>
internal static class CheckpointCodec
{
    private const int HeaderBytes = 48;
    private const int HeaderBytesBeforeConsumers = 40;
    private const int StreamHeaderBytes = 80;

    public static byte[] Write(CheckpointState state, Keyring keys)
    {
        byte[][] streams = [.. state.Streams.Select(s => Write(s, keys))];
        byte[] producers = ProducerCodec.Write(state.Producers);
        byte[] consumers = ConsumerCodec.Write(state.Consumers);
        byte[] bytes = new byte[checked(HeaderBytes + streams.Sum(s => s.Length) + producers.Length + consumers.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, state.Position.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), state.LastStreamId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), state.LastSegmentId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), state.CatalogVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), (uint)streams.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), (uint)producers.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), consumers.Length);
        int at = HeaderBytes;
        foreach (byte[] stream in streams)
        {
            stream.CopyTo(bytes, at);
            at += stream.Length;
        }

        producers.CopyTo(bytes, at);
        consumers.CopyTo(bytes, at + producers.Length);
        return bytes;
    }

    /// <summary>Throws <see cref="CheckpointFormatException"/> for bytes that are not the body of a checkpoint.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="keys">What opens the zones of segments.</param>
    /// <param name="hasConsumers">Whether the file is of version 3 or newer.</param>
    public static CheckpointState Read(ReadOnlySpan<byte> bytes, Keyring keys, bool hasConsumers = true)
    {
        int headerBytes = hasConsumers ? HeaderBytes : HeaderBytesBeforeConsumers;
        Need(bytes, headerBytes);
        var position = new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes));
        long lastStreamId = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        long lastSegmentId = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        long version = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]);
        uint producerBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]);
        long consumerBytes = hasConsumers ? BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]) : 0;
        bytes = bytes[headerBytes..];
        List<CheckpointStream> streams = [];
        for (uint i = 0; i < count; i++)
            streams.Add(ReadStream(ref bytes, keys));
        ProducerCapture producers = ProducerCodec.Read(Take(ref bytes, producerBytes));
        ConsumerSet consumers = ConsumerCodec.Read(Take(ref bytes, consumerBytes));
        if (!bytes.IsEmpty)
            throw new CheckpointFormatException($"{bytes.Length} bytes stand behind its {count} streams, its producers and its consumers");
        var state = new CheckpointState(position, lastStreamId, lastSegmentId, version, streams) { Producers = producers, Consumers = consumers };
        return Problem(state) is { } problem ? throw new CheckpointFormatException(problem) : state;
    }

    private static byte[] Write(CheckpointStream stream, Keyring keys)
    {
        byte[] schema = SchemaMessage.Encode(stream.Schema);
        byte[] name = Encoding.UTF8.GetBytes(stream.Name);
        byte[][] segments = [.. stream.Segments.Items.Select(s => SegmentInfoCodec.Write(s, keys))];
        int settingsBytes = SettingsCodec.BytesOf(stream.Settings);
        int length = checked(StreamHeaderBytes + schema.Length + settingsBytes + segments.Sum(s => s.Length) + name.Length);
        byte[] bytes = new byte[RecordFormat.Padded(length)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)schema.Length);
        ReadOnlySpan<long> numbers =
        [
            stream.Id, stream.CreatedMicros, stream.SchemaVersion, stream.Segments.FirstOffset, stream.Segments.SealedEnd, stream.EndOffset,
            stream.LastTimeMicros, stream.Position.Value,
        ];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 + (8 * i)), numbers[i]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(72), checked((ushort)name.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(74), checked((ushort)settingsBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(76), (uint)segments.Length);
        int at = StreamHeaderBytes;
        schema.CopyTo(bytes, at);
        SettingsCodec.Write(stream.Settings, bytes.AsSpan(at += schema.Length));
        at += settingsBytes;
        foreach (byte[] segment in segments)
        {
            segment.CopyTo(bytes, at);
            at += segment.Length;
        }

        name.CopyTo(bytes, at);
        return bytes;
    }

    private static CheckpointStream ReadStream(ref ReadOnlySpan<byte> rest, Keyring keys)
    {
        Need(rest, StreamHeaderBytes);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (length < StreamHeaderBytes || length > rest.Length || length % 8 != 0)
            throw new CheckpointFormatException($"a stream claims {length} bytes, {rest.Length} are there");
        ReadOnlySpan<byte> bytes = rest[..(int)length];
        rest = rest[(int)length..];
        long id = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        ReadOnlySpan<byte> body = bytes[StreamHeaderBytes..];
        ReadOnlySpan<byte> schemaBytes = Take(ref body, BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
        ReadOnlySpan<byte> settingsBytes = Take(ref body, BinaryPrimitives.ReadUInt16LittleEndian(bytes[74..]));
        uint segmentCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[76..]);
        List<SegmentInfo> segments = [];
        for (uint i = 0; i < segmentCount; i++)
            segments.Add(SegmentInfoCodec.Read(id, ref body, keys) ?? throw new CheckpointFormatException($"segment {i} of stream {id} is none"));
        string name = Encoding.UTF8.GetString(Take(ref body, BinaryPrimitives.ReadUInt16LittleEndian(bytes[72..])));
        Schema schema = ReadSchema(schemaBytes, id);
        SegmentList? list = SegmentList.Restore(
            segments,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            schema.Fields.Count,
            out string? problem);
        return new CheckpointStream
        {
            Id = id,
            Name = name,
            CreatedMicros = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            Schema = schema,
            SchemaVersion = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            Settings = SettingsCodec.Read(settingsBytes) ?? throw new CheckpointFormatException($"the settings of stream {id} are none"),
            Segments = list ?? throw new CheckpointFormatException($"stream {id}: {problem}"),
            EndOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
            LastTimeMicros = BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]),
            Position = new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes[64..])),
        };
    }

    private static Schema ReadSchema(ReadOnlySpan<byte> bytes, long streamId)
    {
        try
        {
            return SchemaMessage.Decode(bytes);
        }
        catch (ArrowFormatException e)
        {
            throw new CheckpointFormatException($"the schema of stream {streamId} cannot be read: {e.Message}");
        }
    }

    private static string? Problem(CheckpointState state)
    {
        if (state.Position.Value < 1 || state.LastStreamId < 0 || state.LastSegmentId < 0 || state.CatalogVersion < 0)
            return $"position {state.Position}, last stream {state.LastStreamId} or last segment {state.LastSegmentId} cannot be";
        HashSet<string> names = new(StreamName.Comparer);
        HashSet<long> segmentIds = [];
        long lastId = 0;
        foreach (CheckpointStream stream in state.Streams)
        {
            if (stream.Id <= lastId || stream.Id > state.LastStreamId || stream.Position > state.Position || !names.Add(stream.Name))
                return $"stream {stream.Id} named '{StreamName.Shown(stream.Name)}' of position {stream.Position} stands behind stream {lastId}";
            if (stream.Problem() is { } problem)
                return $"stream {stream.Id}: {problem}";
            if (stream.Segments.Items.Any(s => s.Id > state.LastSegmentId || !segmentIds.Add(s.Id)))
                return $"a segment of stream {stream.Id} stands twice or has an id above {state.LastSegmentId}";
            lastId = stream.Id;
        }

        Dictionary<long, CheckpointStream> byId = state.Streams.ToDictionary(s => s.Id);
        foreach (ConsumerState consumer in state.Consumers.ById.Values)
        {
            if (!byId.TryGetValue(consumer.StreamId, out CheckpointStream? stream) || consumer.Offset < stream.Segments.FirstOffset
                || consumer.Offset > stream.EndOffset || (consumer.Done.Items is [.., var last] && last.End > stream.EndOffset))
                return $"consumer {consumer.Id} of stream {consumer.StreamId} is at {consumer.Offset}, where that stream has no rows";
        }

        return null;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, long count)
    {
        Need(bytes, count);
        ReadOnlySpan<byte> taken = bytes[..(int)count];
        bytes = bytes[(int)count..];
        return taken;
    }

    private static void Need(ReadOnlySpan<byte> bytes, long needed)
    {
        if (needed < 0 || bytes.Length < needed)
            throw new CheckpointFormatException($"{bytes.Length} bytes are there where {needed} are needed");
    }
}
