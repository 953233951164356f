using System.Text;
using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>
/// Reads one schema table. Counts the fields and the string bytes that it makes, because aliased offsets can name a small piece of metadata
/// any number of times. For one schema, for one thread.
/// </summary>
internal sealed class SchemaReader(IpcLimits limits)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Features a writer may announce: dictionary replacement, compressed bodies. Both are read.</summary>
    private const long LastKnownFeature = 2;

    private int _fieldCount;
    private long _stringBytes;

    public Schema Read(FlatTable schema)
    {
        if (schema.Int16(Slots.SchemaEndianness) != 0)
            throw new ArrowFormatException("the data is big-endian, which Varve does not read: write it on, or as, little-endian");
        CheckFeatures(schema.Vector(Slots.SchemaFeatures, 8));
        Field[] fields = Fields(schema.Vector(Slots.SchemaFields, 4), parent: null, depth: 1);
        return new Schema(fields, Metadata(schema.Vector(Slots.SchemaMetadata, 4), column: null));
    }

    private static void CheckFeatures(FlatVector features)
    {
        for (int i = 0; i < features.Count; i++)
        {
            if (features.Int64(i) is < 0 or > LastKnownFeature)
                throw new ArrowFormatException($"the schema uses a feature of Arrow that is unknown here (number {features.Int64(i)})");
        }
    }

    private Field[] Fields(FlatVector tables, FieldPath? parent, int depth)
    {
        if (tables.Count > 0 && depth > limits.MaxDepth)
            throw new ArrowFormatException($"column {parent} is nested more than {limits.MaxDepth} levels deep");
        _fieldCount += tables.Count;
        if (_fieldCount > limits.MaxFieldCount)
            throw new ArrowFormatException($"the schema has more than {limits.MaxFieldCount} fields");
        var fields = new Field[tables.Count];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = ReadField(tables.Table(i), parent, depth);
        return fields;
    }

    private Field ReadField(FlatTable field, FieldPath? parent, int depth)
    {
        string name = Text(field, Slots.FieldName, "name of a field in", parent) ?? "";
        var column = new FieldPath(parent, name);
        Field[] children = Fields(field.Vector(Slots.FieldChildren, 4), column, depth + 1);
        ArrowType type = Type(field, children, column);
        FlatTable encoding = field.Table(Slots.FieldDictionary);
        long? dictionaryId = encoding.IsNull ? null : encoding.Int64(Slots.EncodingId);
        return new Field(
            name,
            encoding.IsNull ? type : Dictionary(encoding, type, column),
            field.Bool(Slots.FieldNullable),
            Metadata(field.Vector(Slots.FieldMetadata, 4), column))
        {
            DictionaryId = dictionaryId,
        };
    }

    private ArrowType Type(FlatTable field, Field[] children, FieldPath column)
    {
        var code = (TypeCode)field.Byte(Slots.FieldTypeCode);
        FlatTable type = field.Table(Slots.FieldType);
        if (type.IsNull)
            throw new ArrowFormatException($"column {column} has no type");
        return code == TypeCode.Timestamp && children.Length == 0
            ? TypeReader.Timestamp(type, Text(type, 1, "time zone of", column), column)
            : TypeReader.Read(code, type, children, column);
    }

    private static DictionaryType Dictionary(FlatTable encoding, ArrowType values, FieldPath column)
    {
        short kind = encoding.Int16(Slots.EncodingKind);
        if (kind != 0)
            throw new ArrowFormatException($"column {column} has a dictionary of kind {kind}, expected 0 (a dense array)");
        FlatTable index = encoding.Table(Slots.EncodingIndexType);
        IntegerType indexType = index.IsNull ? ArrowTypes.Int32 : TypeReader.Integer(index, column);
        return new DictionaryType(indexType, values, encoding.Bool(Slots.EncodingIsOrdered));
    }

    private Dictionary<string, string>? Metadata(FlatVector pairs, FieldPath? column)
    {
        if (pairs.Count == 0)
            return null;
        var metadata = new Dictionary<string, string>(pairs.Count);
        for (int i = 0; i < pairs.Count; i++)
        {
            FlatTable pair = pairs.Table(i);
            metadata[Text(pair, Slots.Key, "metadata of", column) ?? ""] = Text(pair, Slots.Value, "metadata of", column) ?? "";
        }

        return metadata;
    }

    private string? Text(FlatTable table, int slot, string what, FieldPath? column)
    {
        ReadOnlySpan<byte> bytes = table.String(slot, out bool isPresent);
        _stringBytes += bytes.Length;
        if (_stringBytes > limits.MaxMetadataBytes)
            throw new ArrowFormatException($"the names and metadata of the schema exceed {limits.MaxMetadataBytes} bytes");
        try
        {
            return isPresent ? StrictUtf8.GetString(bytes) : null;
        }
        catch (DecoderFallbackException e)
        {
            throw new ArrowFormatException($"the {what} {(column is null ? "the schema" : $"column {column}")} is not valid UTF-8", e);
        }
    }
}
