using System.Buffers.Binary;
using System.Text;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage.Records;

/// <summary>
/// Reads the records of log entries. Every length is checked before it is used, and what does not fit is reported as corruption with its position.
/// The values of rows are not checked again: they were when they were written, and the log's checksum says that they are what was written. One
/// thread.
/// </summary>
/// <param name="schemaOf">The columns of a stream as they are after all records before; null for an unknown stream.</param>
/// <param name="keys">What opens sealed records.</param>
internal sealed class RecordReader(Func<long, StreamSchema?> schemaOf, Keyring keys)
{
    private readonly Dictionary<ColumnProjection, BatchDecoder> _decoders = [];
    private readonly RecordOpener _opener = new(keys);
    private byte[] _opened = [];

    /// <summary>Hands over the records of an entry in order. Rows are valid during the call only, but for those of parts and groups.</summary>
    public void Read(LogEntry entry, Action<LogRecord> apply) => Split(entry, record => apply(ReadRecord(entry.Position, record)));

    /// <summary>Hands over the records of an entry in order, as bytes that are at least a record's common header.</summary>
    public static void Split(LogEntry entry, Action<ReadOnlyMemory<byte>> take)
    {
        ReadOnlyMemory<byte> payload = entry.Payload;
        if (payload.Length < RecordFormat.EntryHeaderBytes)
            throw Damaged(entry.Position, $"the entry has {payload.Length} bytes, too few for its header");
        ReadOnlySpan<byte> header = payload.Span;
        if (header[1] > RecordFormat.Version)
        {
            throw new StorageException(
                StorageErrorCode.Unsupported,
                $"cannot read log entry {entry.Position}: it is of format version {header[0]}, this program reads up to {RecordFormat.Version}");
        }

        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
        payload = payload[RecordFormat.EntryHeaderBytes..];
        for (int i = 0; i < count; i++)
        {
            int length = LengthOf(payload.Span);
            if (length < RecordFormat.RecordHeaderBytes || length > payload.Length || length % 8 != 0)
                throw Damaged(entry.Position, $"record {i} of {count} claims {length} bytes, {payload.Length} are there");
            take(payload[..length]);
            payload = payload[length..];
        }

        if (count == 0 || payload.Length > 0)
            throw Damaged(entry.Position, $"{payload.Length} bytes stand behind its {count} records");
    }

    /// <summary>Reads one record. Its rows are valid for as long as its bytes are.</summary>
    public LogRecord ReadRecord(LogPosition position, ReadOnlyMemory<byte> record)
    {
        ReadOnlySpan<byte> bytes = record.Span;
        if (bytes[5] != RecordFormat.Version)
            throw new StorageException(StorageErrorCode.Unsupported, $"cannot read log entry {position}: a record is of layout version {bytes[5]}");
        long streamId = BinaryPrimitives.ReadInt64LittleEndian(bytes[RecordFormat.StreamIdAt..]);
        long time = BinaryPrimitives.ReadInt64LittleEndian(bytes[RecordFormat.TimeAt..]);
        try
        {
            return RecordFormat.KindOf(bytes) switch
            {
                RecordKind.CreateStream => ReadCreate(position, Unsealed(position, bytes), streamId, time),
                RecordKind.AddColumns => ReadAdd(position, Unsealed(position, bytes), streamId, time),
                RecordKind.DropStream => new DropStreamRecord(streamId, time),
                RecordKind.Append => ReadAppend(position, record, streamId, time),
                RecordKind.AbandonParts => new AbandonPartsRecord(
                    streamId, time, BinaryPrimitives.ReadInt64LittleEndian(Need(position, bytes, RecordFormat.AbandonBytes)[RecordFormat.BodyAt..])),
                RecordKind.Seal => SegmentRecords.ReadSeal(position, bytes, streamId, time, keys),
                RecordKind.ReplaceSegments => SegmentRecords.ReadReplace(position, bytes, streamId, time, keys),
                RecordKind.Trim => new TrimRecord(
                    streamId, time, BinaryPrimitives.ReadInt64LittleEndian(Need(position, bytes, RecordFormat.TrimBytes)[RecordFormat.BodyAt..])),
                RecordKind.StreamSettings => new StreamSettingsRecord(streamId, time, ReadSettings(position, bytes[RecordFormat.BodyAt..])),
                RecordKind.AppendGroup => ProducerRecords.ReadGroup(position, bytes, time),
                RecordKind.AbandonGroup => new AbandonGroupRecord(time),
                RecordKind.OpenProducer => ProducerRecords.ReadOpen(position, Unsealed(position, bytes), time),
                RecordKind.ForgetProducer => new ForgetProducerRecord(
                    time, BinaryPrimitives.ReadInt64LittleEndian(Need(position, bytes, RecordFormat.ForgetProducerBytes)[RecordFormat.BodyAt..])),
                RecordKind.CreateConsumer => ConsumerRecords.ReadCreate(position, Unsealed(position, bytes), streamId, time),
                RecordKind.AlterConsumer => ConsumerRecords.ReadAlter(position, Unsealed(position, bytes), streamId, time),
                RecordKind.DeleteConsumer => ConsumerRecords.ReadDelete(position, bytes, streamId, time),
                RecordKind.ResetConsumer => ConsumerRecords.ReadReset(position, bytes, streamId, time),
                RecordKind.ConsumerProgress => ConsumerRecords.ReadProgress(position, bytes, streamId, time),
                RecordKind.RestoreStream => ReadRestore(position, Unsealed(position, bytes), streamId, time),
                _ => throw new StorageException(
                    StorageErrorCode.Unsupported, $"cannot read log entry {position}: a record is of the unknown kind {bytes[4]}"),
            };
        }
        catch (ArrowFormatException e)
        {
            throw Damaged(position, $"a record of stream {streamId}: {e.Message}", e);
        }
    }

    private ReadOnlySpan<byte> Unsealed(LogPosition position, ReadOnlySpan<byte> record)
    {
        RequireSeal(position, record);
        return !keys.IsEncrypted ? record
            : SealedBody.Open(record, keys) ?? throw Damaged(position, "a record cannot be opened with the node's key");
    }

    /// <summary>A record without a seal has no place among sealed ones: anyone who can write the file can make one.</summary>
    private void RequireSeal(LogPosition position, ReadOnlySpan<byte> record)
    {
        if (RecordFormat.IsSealed(record) == keys.IsEncrypted)
            return;
        throw Damaged(position, keys.IsEncrypted ? "a record is not sealed, in an encrypted directory" : "a record is sealed, and there are no keys");
    }

    private static int LengthOf(ReadOnlySpan<byte> record) =>
        record.Length < 4 ? 0 : (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(record), int.MaxValue);

    private static CreateStreamRecord ReadCreate(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time)
    {
        Need(position, bytes, RecordFormat.CreateHeaderBytes);
        int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[RecordFormat.BodyAt..]);
        int settingsBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(RecordFormat.BodyAt + 2)..]);
        uint schemaBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(RecordFormat.BodyAt + 4)..]);
        Need(position, bytes, RecordFormat.CreateHeaderBytes + (long)schemaBytes + settingsBytes + nameBytes);
        ReadOnlySpan<byte> rest = bytes[RecordFormat.CreateHeaderBytes..];
        string name = Encoding.UTF8.GetString(rest.Slice((int)schemaBytes + settingsBytes, nameBytes));
        return new CreateStreamRecord(streamId, time, name, SchemaMessage.Decode(rest[..(int)schemaBytes]))
        {
            Settings = settingsBytes == 0 ? StoredSettings.None : ReadSettings(position, rest.Slice((int)schemaBytes, settingsBytes)),
        };
    }

    private RestoreStreamRecord ReadRestore(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time)
    {
        ReadOnlySpan<byte> head = bytes[..RecordFormat.BodyAt];
        (long firstOffset, IReadOnlyList<SegmentInfo> segments) = SegmentRecords.ReadRestored(position, ref bytes, streamId, keys);
        byte[] create = [.. head, .. bytes];
        return new RestoreStreamRecord(ReadCreate(position, create, streamId, time), firstOffset, segments);
    }

    private static StoredSettings ReadSettings(LogPosition position, ReadOnlySpan<byte> bytes) =>
        SettingsCodec.Read(bytes) ?? throw Damaged(position, $"{bytes.Length} bytes of settings are none");

    private static AddColumnsRecord ReadAdd(LogPosition position, ReadOnlySpan<byte> bytes, long streamId, long time)
    {
        Need(position, bytes, RecordFormat.AddHeaderBytes);
        long version = BinaryPrimitives.ReadInt64LittleEndian(bytes[RecordFormat.BodyAt..]);
        uint schemaBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(RecordFormat.BodyAt + 8)..]);
        Need(position, bytes, RecordFormat.AddHeaderBytes + schemaBytes);
        return new AddColumnsRecord(streamId, time, version, SchemaMessage.Decode(bytes.Slice(RecordFormat.AddHeaderBytes, (int)schemaBytes)).Fields);
    }

    private AppendRecord ReadAppend(LogPosition position, ReadOnlyMemory<byte> record, long streamId, long time)
    {
        ReadOnlySpan<byte> bytes = Need(position, record.Span, RecordFormat.AppendHeaderBytes);
        int rowCount = BinaryPrimitives.ReadInt32LittleEndian(bytes[RecordFormat.RowCountAt..]);
        int part = BinaryPrimitives.ReadUInt16LittleEndian(bytes[RecordFormat.PartAt..]);
        int partCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[RecordFormat.PartCountAt..]);
        uint batchHeaderBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecordFormat.BatchHeaderBytesAt..]);
        StreamSchema schema = schemaOf(streamId) ?? throw Damaged(position, $"it appends to stream {streamId}, which does not exist there");
        RequireSeal(position, bytes);
        if (rowCount < 1 || part >= partCount)
            throw Damaged(position, $"part {part} of {partCount} has {rowCount} rows");
        bool isGrouped = RecordFormat.IsGrouped(bytes);
        long firstOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[RecordFormat.BodyAt..]);
        ColumnProjection columns = ReadColumns(position, bytes, schema, out int batchAt);
        if (keys.IsErased(streamId))
        {
            // Their number counts, until the record of the stream's drop; what they were, nobody can know any more.
            ColumnProjection none = schema.Project([]);
            return new AppendRecord(streamId, time, firstOffset, part, partCount, none, new RecordBatch(none.Schema, rowCount, [])) { IsGrouped = isGrouped };
        }

        bool isKept = partCount > 1 || isGrouped;
        ReadOnlyMemory<byte> batch = keys.IsEncrypted ? Open(position, bytes, streamId, batchAt, isKept)
            : !isKept ? record[batchAt..]
            : record[batchAt..].ToArray();
        Need(position, batch.Span, batchHeaderBytes);
        RecordBatch? rows = DecoderOf(columns).Decode(batch.Span[..(int)batchHeaderBytes], batch[(int)batchHeaderBytes..]);
        if (rows is null || rows.RowCount != rowCount)
            throw Damaged(position, $"an append of {rowCount} rows to stream {streamId} holds {rows?.RowCount ?? 0}");
        return new AppendRecord(streamId, time, firstOffset, part, partCount, columns, rows) { IsGrouped = isGrouped };
    }

    /// <summary>The batch of a sealed record. Parts and groups wait for the last one, while other records are opened: they need their own memory.</summary>
    private Memory<byte> Open(LogPosition position, ReadOnlySpan<byte> record, long streamId, int batchAt, bool isKept)
    {
        int length = record.Length - batchAt;
        if (isKept || _opened.Length < length)
            _opened = new byte[length];
        Memory<byte> batch = _opened.AsMemory(0, length);
        if (isKept)
            _opened = [];
        string? problem = _opener.Open(record, streamId, batch.Span);
        return problem is null ? batch : throw Damaged(position, $"an append to stream {streamId}: {problem}");
    }

    /// <summary>The columns that an append lists or counts, and where its batch begins.</summary>
    private static ColumnProjection ReadColumns(LogPosition position, ReadOnlySpan<byte> bytes, StreamSchema schema, out int batchAt)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[RecordFormat.ColumnCountAt..]);
        bool listed = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[RecordFormat.FlagsAt..]) & RecordFormat.ColumnsListed) != 0;
        bool isSealed = RecordFormat.IsSealed(bytes);
        int listAt = isSealed ? RecordFormat.SealedAppendHeaderBytes : RecordFormat.AppendHeaderBytes;
        batchAt = listAt + (listed ? RecordFormat.Padded(2 * count) : 0) + (isSealed ? SealedRows.TagBytes : 0);
        Need(position, bytes, batchAt);
        if (!listed && count == schema.All.Indexes.Length)
            return schema.All;
        int[] indexes = new int[count];
        for (int i = 0; i < count; i++)
        {
            indexes[i] = listed ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(listAt + (2 * i))..]) : i;
            if (indexes[i] >= schema.Schema.Fields.Count || (i > 0 && indexes[i] <= indexes[i - 1]))
                throw Damaged(position, $"an append has column {indexes[i]} in place {i}; the stream has {schema.Schema.Fields.Count} columns there");
        }

        return schema.Project(indexes);
    }

    private BatchDecoder DecoderOf(ColumnProjection columns)
    {
        const int kept = 1_024;
        if (_decoders.TryGetValue(columns, out BatchDecoder? decoder))
            return decoder;
        if (_decoders.Count == kept)
            _decoders.Clear();
        return _decoders[columns] = new BatchDecoder(columns.Schema, null);
    }

    internal static ReadOnlySpan<byte> Need(LogPosition position, ReadOnlySpan<byte> bytes, long needed) =>
        needed <= bytes.Length ? bytes : throw Damaged(position, $"a record has {bytes.Length} bytes, {needed} are needed");

    internal static StorageException Damaged(LogPosition position, string what, Exception? inner = null) =>
        new(StorageErrorCode.Corruption, $"log entry {position} cannot be read: {what}", inner);
}
