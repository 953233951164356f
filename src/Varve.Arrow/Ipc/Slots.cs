namespace Varve.Arrow.Ipc;

/// <summary>
/// The slots of the metadata tables (Message.fbs, Schema.fbs and File.fbs of Arrow's columnar format). A union takes two slots, its code
/// and then its table. docs/formats/arrow-ipc.md says what is read and written.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>table</term><description>slots</description></listheader>
/// <item><term>Message</term><description>version int16, header code uint8, header, bodyLength int64, custom_metadata</description></item>
/// <item><term>Schema</term><description>endianness int16 (0 little), fields, custom_metadata, features [int64]</description></item>
/// <item><term>Field</term><description>name, nullable bool, type code uint8, type, dictionary, children, custom_metadata</description></item>
/// <item><term>DictionaryEncoding</term><description>id int64, indexType Int (absent: int32), isOrdered bool, dictionaryKind
/// int16</description></item>
/// <item><term>RecordBatch</term><description>length int64, nodes [{length, null count}], buffers [{offset, length}], compression,
/// variadicBufferCounts [int64]; all int64</description></item>
/// <item><term>DictionaryBatch</term><description>id int64, data RecordBatch, isDelta bool</description></item>
/// <item><term>BodyCompression</term><description>codec int8 (0 LZ4 frame, 1 zstd), method int8 (0 buffer by buffer)</description></item>
/// <item><term>KeyValue</term><description>key, value</description></item>
/// <item><term>Footer</term><description>version int16, schema, dictionaries [Block], record batches [Block], custom_metadata</description></item>
/// <item><term>Block (24 bytes)</term><description>offset int64, metadata length int32, 4 bytes of padding, body length int64</description></item>
/// </list>
/// </remarks>
internal static class Slots
{
    public const int MessageVersion = 0;
    public const int MessageHeaderKind = 1;
    public const int MessageHeader = 2;
    public const int MessageBodyLength = 3;
    public const int MessageMetadata = 4;
    public const int MessageCount = 5;

    public const int SchemaEndianness = 0;
    public const int SchemaFields = 1;
    public const int SchemaMetadata = 2;
    public const int SchemaFeatures = 3;
    public const int SchemaCount = 4;

    public const int FieldName = 0;
    public const int FieldNullable = 1;
    public const int FieldTypeCode = 2;
    public const int FieldType = 3;
    public const int FieldDictionary = 4;
    public const int FieldChildren = 5;
    public const int FieldMetadata = 6;
    public const int FieldCount = 7;

    public const int EncodingId = 0;
    public const int EncodingIndexType = 1;
    public const int EncodingIsOrdered = 2;
    public const int EncodingKind = 3;
    public const int EncodingCount = 4;

    public const int BatchLength = 0;
    public const int BatchNodes = 1;
    public const int BatchBuffers = 2;
    public const int BatchCompression = 3;
    public const int BatchVariadicCounts = 4;
    public const int BatchCount = 5;

    public const int DictionaryId = 0;
    public const int DictionaryData = 1;
    public const int DictionaryIsDelta = 2;
    public const int DictionaryCount = 3;

    public const int CompressionCodec = 0;
    public const int CompressionMethod = 1;
    public const int CompressionCount = 2;

    public const int Key = 0;
    public const int Value = 1;
    public const int KeyValueCount = 2;

    public const int FooterVersion = 0;
    public const int FooterSchema = 1;
    public const int FooterDictionaries = 2;
    public const int FooterBatches = 3;
    public const int FooterCount = 5;
    public const int BlockBytes = 24;
}
