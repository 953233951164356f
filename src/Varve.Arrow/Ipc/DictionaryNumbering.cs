namespace Varve.Arrow.Ipc;

/// <summary>
/// Which id each dictionary-encoded field has on the wire: the ones that came with the schema if every such field has one, else 0, 1, 2...
/// in the order of the fields, an outer dictionary before those inside its values. Encoder and decoder both go by this.
/// </summary>
internal static class DictionaryNumbering
{
    public static bool IsComplete(Schema schema) => schema.Fields.All(IsComplete);

    private static bool IsComplete(Field field) => field.Type is DictionaryType dictionary
        ? field.DictionaryId is not null && dictionary.ValueType.Children.All(IsComplete)
        : field.Type.Children.All(IsComplete);
}
