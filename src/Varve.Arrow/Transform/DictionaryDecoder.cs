using Varve.Arrow.Values;

namespace Varve.Arrow.Transform;

/// <summary>
/// Turns dictionary columns, at any depth, into plain ones of their value type. Codes are checked here, the rest of the array must be
/// valid (see <see cref="Validation.ArrayValidation"/>). Types and arrays without dictionaries are returned as they are.
/// </summary>
public static class DictionaryDecoder
{
    /// <summary>What a flattened batch may take unless said otherwise: a short code can stand for a long value.</summary>
    public const long BytesMaxDefault = 1L << 30;

    public static Schema Flatten(Schema schema) =>
        schema.Fields.Any(f => HasDictionary(f.Type)) ? new Schema([.. schema.Fields.Select(Flatten)], schema.Metadata) : schema;

    public static Field Flatten(Field field) =>
        HasDictionary(field.Type) ? new Field(field.Name, Flatten(field.Type), field.IsNullable, field.Metadata) : field;

    public static ArrowType Flatten(ArrowType type) => !HasDictionary(type) ? type : type switch
    {
        DictionaryType dictionary => Flatten(dictionary.ValueType),
        ListType list => new ListType(Flatten(list.Element)),
        LargeListType list => new LargeListType(Flatten(list.Element)),
        FixedSizeListType list => new FixedSizeListType(Flatten(list.Element), list.Size),
        StructType structure => new StructType([.. structure.Fields.Select(Flatten)]),
        MapType map => new MapType(Flatten(map.Entries), map.KeysSorted),
        _ => type,
    };

    /// <exception cref="ArrowFormatException">A code that the dictionary does not have, or more than that many bytes to allocate.</exception>
    public static RecordBatch Flatten(RecordBatch batch, long bytesMax = BytesMaxDefault)
    {
        Schema schema = Flatten(batch.Schema);
        if (ReferenceEquals(schema, batch.Schema))
            return batch;
        ByteBudget budget = Budget(bytesMax);
        ArrayData[] columns = [.. batch.Columns.Select((column, i) => Flatten(column, schema.Fields[i].Name, budget))];
        return new RecordBatch(schema, batch.RowCount, columns);
    }

    /// <inheritdoc cref="Flatten(RecordBatch, long)"/>
    public static ArrayData Flatten(ArrayData array, long bytesMax = BytesMaxDefault) => Flatten(array, "", Budget(bytesMax));

    private static ByteBudget Budget(long bytesMax) => new(bytesMax, "a batch with its dictionaries written out");

    private static bool HasDictionary(ArrowType type) => type is DictionaryType || type.Children.Any(f => HasDictionary(f.Type));

    private static ArrayData Flatten(ArrayData array, string path, ByteBudget budget)
    {
        if (!HasDictionary(array.Type))
            return array;
        if (array.Dictionary is { } dictionary)
            return ArrayTake.Take(Flatten(dictionary, path, budget), Codes(array, dictionary.Length, path, budget), budget);
        ArrayData[] children = [.. array.Children.Select((child, i) => Flatten(child, ColumnPath.Child(path, array.Type, i), budget))];
        return new ArrayData(Flatten(array.Type), array.Length, array.NullCount, array.Buffers, children, offset: array.Offset);
    }

    private static int[] Codes(ArrayData array, int valueCount, string path, ByteBudget budget)
    {
        budget.Take((long)array.Length * sizeof(int));
        int[] codes = new int[array.Length];
        for (int row = 0; row < codes.Length; row++)
        {
            if (array.IsNull(row))
            {
                codes[row] = -1;
                continue;
            }

            Int128 code = ArrayReader.WideCode(array, row);
            if (code < 0 || code >= valueCount)
                throw new ArrowFormatException($"column '{MessageText.Cut(path)}' row {row}: expected a code of {valueCount} values, found {code}");
            codes[row] = (int)code;
        }

        return codes;
    }
}
