namespace Varve.Arrow.Builders;

/// <summary>
/// Makes batches of a schema, by rows (<see cref="AppendRow"/>) or column by column (<see cref="Column{T}(string)"/>).
/// Used by one thread.
/// </summary>
public sealed class RecordBatchBuilder(Schema schema)
{
    public Schema Schema { get; } = schema;

    /// <summary>A builder per field.</summary>
    public IReadOnlyList<ArrayBuilder> Columns { get; } = [.. schema.Fields.Select(f => ArrayBuilder.Create(f.Type))];

    /// <summary>The builder of a column, such as <c>Column&lt;Int64Builder&gt;("count")</c>.</summary>
    /// <exception cref="ArgumentException">No such column, or one with another builder.</exception>
    public T Column<T>(string name)
        where T : ArrayBuilder
    {
        int index = Schema.IndexOf(name);
        if (index < 0)
            throw new ArgumentException($"the schema has no column '{name}': {Schema}");
        return Columns[index] as T
            ?? throw new ArgumentException($"the builder of column '{name}' ({Columns[index].Type.Name}) is no {typeof(T).Name}");
    }

    /// <summary>Appends a value per column: see <see cref="ArrayBuilder.AppendValue"/>.</summary>
    public RecordBatchBuilder AppendRow(params ReadOnlySpan<object?> values)
    {
        if (values.Length != Columns.Count)
            throw new ArgumentException($"the schema has {Columns.Count} columns and the row {values.Length} values");
        for (int i = 0; i < values.Length; i++)
            Columns[i].AppendValue(values[i]);
        return this;
    }

    /// <summary>The rows as a batch. The builder is empty afterwards and can be used again. Nulls are not checked against the schema.</summary>
    /// <exception cref="InvalidOperationException">Columns of different lengths.</exception>
    public RecordBatch Build()
    {
        int rowCount = Columns.Count == 0 ? 0 : Columns[0].Length;
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Length != rowCount)
                throw new InvalidOperationException($"column '{Schema.Fields[i].Name}' has {Columns[i].Length} values, the first column {rowCount}");
        }

        return new RecordBatch(Schema, rowCount, [.. Columns.Select(c => c.Build())]);
    }
}
