namespace Varve.Arrow;

/// <summary>Rows of one schema, column by column. Immutable.</summary>
public sealed class RecordBatch
{
    /// <exception cref="ArgumentException">The columns do not fit the schema in number, type or length.</exception>
    public RecordBatch(Schema schema, int rowCount, IReadOnlyList<ArrayData> columns)
    {
        if (columns.Count != schema.Fields.Count)
            throw new ArgumentException($"the schema has {schema.Fields.Count} fields and {columns.Count} columns were given");
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i].Length != rowCount)
                throw new ArgumentException($"column '{schema.Fields[i].Name}' has {columns[i].Length} rows, the batch {rowCount}");
            if (columns[i].Type.Id != schema.Fields[i].Type.Id)
                throw new ArgumentException(
                    $"column '{schema.Fields[i].Name}' is {columns[i].Type.Name}, the schema says {schema.Fields[i].Type.Name}");
        }

        Schema = schema;
        RowCount = rowCount;
        Columns = columns;
    }

    public Schema Schema { get; }

    public int RowCount { get; }

    public IReadOnlyList<ArrayData> Columns { get; }

    /// <summary>Rows [start, start + count) over the same buffers.</summary>
    public RecordBatch Slice(int start, int count) =>
        start == 0 && count == RowCount ? this : new RecordBatch(Schema, count, [.. Columns.Select(c => c.Slice(start, count))]);
}
