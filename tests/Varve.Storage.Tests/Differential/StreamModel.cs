using Varve.Arrow;
using Varve.Arrow.Builders;

namespace Varve.Storage.Tests.Differential;

/// <summary>A stream as plainly as can be: whole columns in memory. One thread.</summary>
internal sealed class StreamModel(Schema schema)
{
    private readonly List<ColumnAppender> _columns = [.. schema.Fields.Select(f => ColumnAppender.Create(f.Type))];

    public Schema Schema { get; private set; } = schema;

    public int RowCount { get; private set; }

    /// <summary>Columns are found by name; those that the batch has not are null.</summary>
    public void Append(RecordBatch batch)
    {
        for (int i = 0; i < _columns.Count; i++)
        {
            int at = batch.Schema.IndexOf(Schema.Fields[i].Name);
            if (at >= 0)
                _columns[i].Append(batch.Columns[at]);
            else
                _columns[i].AppendNulls(batch.RowCount);
        }

        RowCount += batch.RowCount;
    }

    public void AddColumns(IReadOnlyList<Field> fields)
    {
        foreach (Field field in fields)
        {
            ColumnAppender column = ColumnAppender.Create(field.Type);
            column.AppendNulls(RowCount);
            _columns.Add(column);
        }

        Schema = new Schema([.. Schema.Fields, .. fields], Schema.Metadata);
    }

    public StreamPicture Snapshot() => new(Schema, RowCount, [.. _columns.Select(c => c.Snapshot(RowCount))]);
}
