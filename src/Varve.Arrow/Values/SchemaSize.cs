namespace Varve.Arrow.Values;

/// <summary>How much memory schemas take.</summary>
public static class SchemaSize
{
    /// <summary>Of a field with its type, wherever schemas, columns and readers keep something for it; about.</summary>
    private const long FieldBytes = 1_024;

    private const long PairBytes = 100;

    /// <summary>About what a schema takes in memory, with what those who use it keep for each of its fields.</summary>
    public static long Bytes(Schema schema) => Bytes(schema.Metadata) + schema.Fields.Sum(Bytes);

    private static long Bytes(Field field) => FieldBytes + (sizeof(char) * field.Name.Length) + Bytes(field.Metadata) + Bytes(field.Type);

    private static long Bytes(ArrowType type) =>
        type.Children.Sum(Bytes) + (type is DictionaryType dictionary ? FieldBytes + Bytes(dictionary.ValueType) : 0);

    private static long Bytes(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is null ? 0 : metadata.Sum(pair => PairBytes + (sizeof(char) * (pair.Key.Length + pair.Value.Length)));
}
