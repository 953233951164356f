using Varve.Arrow.Builders;

namespace Varve.Arrow.Transform;

/// <summary>Joins arrays, and batches, of one type into one.</summary>
public static class ArrayConcat
{
    /// <param name="arrays">One or more valid arrays of one type, without dictionaries. One alone is returned as it is.</param>
    /// <exception cref="ArgumentException">No array, types that differ, or a dictionary (flatten it first).</exception>
    /// <exception cref="ArrowFormatException">The rows do not fit one array (2 GiB of values, 2^31 rows).</exception>
    public static ArrayData Concat(IReadOnlyList<ArrayData> arrays)
    {
        if (arrays.Count == 0)
            throw new ArgumentException("no array to concatenate");
        if (arrays.Count == 1)
            return arrays[0];
        ColumnAppender column = ColumnAppender.Create(arrays[0].Type, (int)Math.Min(arrays.Sum(a => (long)a.Length), int.MaxValue));
        foreach (ArrayData array in arrays)
        {
            if (!column.CanAppend(array))
                throw new ArrowFormatException($"arrays of {array.Type.Name} are too big for one: {column.Length} rows and {array.Length} more");
            column.Append(array);
        }

        return column.Snapshot(column.Length);
    }

    /// <summary>The rows of batches with equal schemas, one after the other.</summary>
    /// <inheritdoc cref="Concat(IReadOnlyList{ArrayData})"/>
    public static RecordBatch Concat(IReadOnlyList<RecordBatch> batches)
    {
        if (batches.Count == 0)
            throw new ArgumentException("no batch to concatenate");
        Schema schema = batches[0].Schema;
        foreach (RecordBatch batch in batches)
        {
            if (!batch.Schema.Equals(schema))
                throw new ArgumentException($"batches of different schemas: ({schema}) and ({batch.Schema})");
        }

        ArrayData[] columns = [.. schema.Fields.Select((_, i) => Concat([.. batches.Select(b => b.Columns[i])]))];
        return new RecordBatch(schema, columns.Length > 0 ? columns[0].Length : checked(batches.Sum(b => b.RowCount)), columns);
    }
}
