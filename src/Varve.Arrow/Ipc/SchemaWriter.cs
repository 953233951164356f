using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>
/// Writes one schema table. No 8-byte scalar is written that can be left out: some readers verify a schema at a 4-byte offset of their
/// buffer, where an int64 (a dictionary id other than 0, or a body length) counts as unaligned.
/// </summary>
internal static class SchemaWriter
{
    public static int Write(FlatBuilder builder, Schema schema)
    {
        int nextId = 0;
        bool keepIds = DictionaryNumbering.IsComplete(schema);
        int fields = Fields(builder, schema.Fields, keepIds, ref nextId);
        int metadata = Metadata(builder, schema.Metadata);
        builder.StartTable(Slots.SchemaCount);
        builder.Reference(Slots.SchemaFields, fields);
        builder.Reference(Slots.SchemaMetadata, metadata);
        return builder.EndTable();
    }

    private static int Fields(FlatBuilder builder, IReadOnlyList<Field> fields, bool keepIds, ref int nextId)
    {
        int[] items = new int[fields.Count];
        for (int i = 0; i < items.Length; i++)
            items[i] = WriteField(builder, fields[i], keepIds, ref nextId);
        return builder.References(items);
    }

    private static int WriteField(FlatBuilder builder, Field field, bool keepIds, ref int nextId)
    {
        var dictionary = field.Type as DictionaryType;
        long id = dictionary is null ? 0 : keepIds ? field.DictionaryId!.Value : nextId++;
        ArrowType type = dictionary?.ValueType ?? field.Type;
        int children = Fields(builder, type.Children, keepIds, ref nextId);
        int metadata = Metadata(builder, field.Metadata);
        int name = builder.String(field.Name);
        int typeTable = TypeWriter.Write(builder, type);
        int encoding = dictionary is null ? 0 : Encoding(builder, dictionary, id);
        builder.StartTable(Slots.FieldCount);
        builder.Reference(Slots.FieldName, name);
        builder.Reference(Slots.FieldType, typeTable);
        builder.Reference(Slots.FieldDictionary, encoding);
        builder.Reference(Slots.FieldChildren, children); // Also where empty: some readers want the vector present.
        builder.Reference(Slots.FieldMetadata, metadata);
        builder.Bool(Slots.FieldNullable, field.IsNullable);
        builder.Byte(Slots.FieldTypeCode, (byte)TypeWriter.Code(type));
        return builder.EndTable();
    }

    private static int Encoding(FlatBuilder builder, DictionaryType dictionary, long id)
    {
        int index = TypeWriter.Write(builder, dictionary.IndexType);
        builder.StartTable(Slots.EncodingCount);
        builder.Int64(Slots.EncodingId, id);
        builder.Reference(Slots.EncodingIndexType, index);
        builder.Bool(Slots.EncodingIsOrdered, dictionary.IsOrdered);
        return builder.EndTable();
    }

    private static int Metadata(FlatBuilder builder, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return 0;
        var pairs = new List<int>(metadata.Count);
        foreach ((string key, string value) in metadata)
        {
            int keyText = builder.String(key);
            int valueText = builder.String(value);
            builder.StartTable(Slots.KeyValueCount);
            builder.Reference(Slots.Key, keyText);
            builder.Reference(Slots.Value, valueText);
            pairs.Add(builder.EndTable());
        }

        return builder.References([.. pairs]);
    }
}
