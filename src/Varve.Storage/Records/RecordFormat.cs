using System.Buffers.Binary;
using Varve.Storage.Keys;

namespace Varve.Storage.Records;

/// <summary>
/// The payload of a log entry: a header and the records that share the entry. Little-endian; every record begins at a multiple of 8 bytes
/// and is padded with zeros to one. The log's envelope around the payload has the checksum. Also in docs/formats/log-records.md.
/// <code>
/// entry     offset bytes type  field
///           0      1     u8    format version, 1
///           1      1     u8    oldest reader that can read this, 1
///           2      2     u16   records, at least 1
///           4      4     u32   zero
///           8      ...         records
///
/// record    0      4     u32   length of the record in bytes, this header and the padding included; a multiple of 8
///           4      1     u8    kind: 1 create stream, 2 add columns, 3 drop stream, 4 append, 5 abandon parts,
///                              6 seal, 7 replace segments, 8 trim, 9 stream settings,
///                              10 append group, 11 abandon group, 12 open producer, 13 forget producer,
///                              14 create consumer, 15 alter consumer, 16 delete consumer, 17 reset consumer, 18 consumer progress,
///                              19 restore stream
///           5      1     u8    version of the kind's layout, 1
///           6      2     u16   flags: bit 0 = columns listed (append), bit 1 = sealed (create, add, append, open producer,
///                              create and alter consumer, restore stream; the zones of segments have seals of their own), bit 2 = of the group before
///                              it (append, consumer progress)
///           8      8     i64   stream id; 0 in kinds 10 to 13
///           16     8     i64   time, microseconds since 1970-01-01 UTC
///           24     ...         by kind
///
/// create    24     2     u16   bytes of the name
///           26     2     u16   bytes of the settings, a multiple of 8; 0: none are set
///           28     4     u32   bytes of the schema, a multiple of 8
///           32     ...         schema: Arrow's Message flatbuffer
///                  ...         settings (<see cref="SettingsCodec"/>)
///                  ...         name: UTF-8
///
/// add       24     8     i64   schema version that results
///           32     4     u32   bytes of the schema, a multiple of 8
///           36     4     u32   zero
///           40     ...         schema of the added columns only: Arrow's Message flatbuffer
///
/// drop      nothing more
///
/// sealed    24     ...         blob (<see cref="SealedBlob"/>) to the end of the record, sealed with the node's key: what stands from 24 on in a
/// create,                      record that is not sealed. Associated data: bytes 4..23 of the record
/// add, open,
/// consumer,
/// restore
///
/// append    24     8     i64   offset of the first row
///           32     2     u16   part, from 0
///           34     2     u16   parts of the batch, at least 1; they stand in entries that follow one another
///           36     4     i32   rows, at least 1
///           40     2     u16   columns
///           42     2     u16   zero
///           44     4     u32   bytes of the batch header, a multiple of 8
///    sealed 48     4     u32   version of the stream's key
///      only 52     12    bytes run id
///           64     8     i64   counter
///  48 or 72 ...         ...    if columns are listed: u16 each, rising places in the stream's schema, padded to 8.
///                              If not: the batch has the first columns of the schema
///    sealed ...   16    bytes  tag of AES-256-GCM over batch header and body. Key: derived from the stream's key and the run id.
///      only                    Nonce: bytes 60..71. Associated data: from 36 to the tag
///           ...                batch header: Arrow's Message flatbuffer of a record batch of these columns
///           ...                batch body, to the end of the record; buffers may be zstd-compressed, as the header says
///
/// abandon   24     8     i64   first offset of the batch whose parts end here, unfinished
///
/// seal      24     ...         segment (<see cref="SegmentInfoCodec"/>)
///
/// replace   24     4     u32   segments that go
///           28     4     u32   segments that come
///           32     ...         ids of those that go, i64 each, in the order of their offsets
///                  ...         those that come, in the order of their offsets (<see cref="SegmentInfoCodec"/>)
///
/// trim      24     8     i64   the oldest offset that stays
///
/// settings  24     ...         settings (<see cref="SettingsCodec"/>), to the end of the record
///
/// group     24     8     i64   producer; 0: none
///           32     8     i64   number of the append
///           40     4     i32   epoch
///           44     4     i32   batches that follow, at least 1, each of another stream
///
/// abandon   nothing more
/// group
///
/// open      24     8     i64   producer
/// producer  32     4     i32   epoch, from 1
///           36     2     u16   bytes of the name
///           38     2     u16   zero
///           40     ...         name: UTF-8
///
/// forget    24     8     i64   producer
/// producer
///
/// create    24     8     i64   consumer
/// consumer  32     8     i64   offset where it begins
///           40     ...         settings and name (<see cref="ConsumerSettingsCodec"/>)
///
/// alter     24     8     i64   consumer
/// consumer  32     ...         settings, without a name (<see cref="ConsumerSettingsCodec"/>)
///
/// delete    24     8     i64   consumer
/// consumer
///
/// reset     24     8     i64   consumer
/// consumer  32     8     i64   offset where it begins anew; -1: where it is
///
/// consumer  24     8     i64   consumer
/// progress  32     4     u32   ranges that are passed: acknowledged, or, of a group, gone to the dead letters with the rows of the group
///           36     4     u32   ranges whose delivery failed
///           40     ...         ranges: the first offset (i64), the offset behind the last (i64)
///
/// restore   24     8     i64   the oldest offset
/// stream    32     4     u32   segments
///           36     4     u32   zero
///           40     ...         the segments, in the order of their offsets (<see cref="SegmentInfoCodec"/>)
///                  ...         what stands from 24 on in create
/// </code>
/// </summary>
internal static class RecordFormat
{
    public const byte Version = 1;
    public const int EntryHeaderBytes = 8;
    public const int RecordHeaderBytes = 24;
    public const int CreateHeaderBytes = 32;
    public const int AddHeaderBytes = 40;
    public const int AppendHeaderBytes = 48;
    public const int SealedAppendHeaderBytes = 72;
    public const int AbandonBytes = 32;
    public const int ReplaceHeaderBytes = 32;
    public const int TrimBytes = 32;
    public const int GroupBytes = 48;
    public const int ProducerHeaderBytes = 40;
    public const int ForgetProducerBytes = 32;
    public const int CreateConsumerHeaderBytes = 40;
    public const int ResetConsumerBytes = 40;
    public const int ProgressHeaderBytes = 40;
    public const int RestoreHeaderBytes = 40;
    public const int PartCountMax = ushort.MaxValue;
    public const int RecordsPerEntryMax = ushort.MaxValue;
    public const ushort ColumnsListed = 1;
    public const ushort Sealed = 2;
    public const ushort Grouped = 4;

    public const int FlagsAt = 6;
    public const int StreamIdAt = 8;
    public const int TimeAt = 16;
    public const int BodyAt = 24;
    public const int ConsumerBodyAt = 32;
    public const int PartAt = 32;
    public const int PartCountAt = 34;
    public const int RowCountAt = 36;
    public const int ColumnCountAt = 40;
    public const int BatchHeaderBytesAt = 44;
    public const int KeyVersionAt = 48;
    public const int RunIdAt = 52;
    public const int NonceAt = 60;
    public const int CounterAt = 64;

    public static void WriteEntryHeader(Span<byte> target, int recordCount)
    {
        target[..EntryHeaderBytes].Clear();
        target[0] = Version;
        target[1] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], checked((ushort)recordCount));
    }

    /// <summary>Writes a record's common header into zeroed bytes.</summary>
    public static void WriteRecordHeader(Span<byte> target, int lengthBytes, RecordKind kind, long streamId, long timeMicros)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)lengthBytes);
        target[4] = (byte)kind;
        target[5] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(target[StreamIdAt..], streamId);
        BinaryPrimitives.WriteInt64LittleEndian(target[TimeAt..], timeMicros);
    }

    public static RecordKind KindOf(ReadOnlySpan<byte> record) => (RecordKind)record[4];

    public static bool IsGrouped(ReadOnlySpan<byte> record) => (BinaryPrimitives.ReadUInt16LittleEndian(record[FlagsAt..]) & Grouped) != 0;

    public static bool IsSealed(ReadOnlySpan<byte> record) => (BinaryPrimitives.ReadUInt16LittleEndian(record[FlagsAt..]) & Sealed) != 0;

    public static int Padded(int bytes) => (bytes + 7) & ~7;
}
