namespace Varve.Arrow.Ipc;

/// <summary>Says where a batch's schema departs from the one it should have.</summary>
internal static class SchemaDifference
{
    /// <exception cref="ArgumentException">The batch is of another schema.</exception>
    public static void Refuse(RecordBatch batch, Schema schema, string target)
    {
        if (ReferenceEquals(batch.Schema, schema) || batch.Schema.Equals(schema))
            return;
        IReadOnlyList<Field> found = batch.Schema.Fields;
        for (int i = 0; i < Math.Min(found.Count, schema.Fields.Count); i++)
        {
            if (!found[i].Equals(schema.Fields[i]))
            {
                throw new ArgumentException(
                    $"the batch does not fit the {target}: expected {Text(schema.Fields[i])} as column {i}, found {Text(found[i])}");
            }
        }

        throw new ArgumentException($"the batch does not fit the {target}: expected {schema.Fields.Count} columns, found {found.Count}");
    }

    private static string Text(Field field) => $"'{MessageText.Cut(field.ToString())}'";
}
