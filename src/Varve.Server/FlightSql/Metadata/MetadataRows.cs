using Varve.Arrow;
using Varve.Arrow.Builders;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>Makes the small batches of metadata results.</summary>
internal static class MetadataRows
{
    public static RecordBatch Build(Schema schema, IEnumerable<object?[]> rows)
    {
        var builder = new RecordBatchBuilder(schema);
        foreach (object?[] row in rows)
            builder.AppendRow(row);
        return builder.Build();
    }

    public static ArrayData Column(ArrowType type, IEnumerable<object> values)
    {
        ArrayBuilder builder = ArrayBuilder.Create(type);
        foreach (object value in values)
            builder.AppendValue(value);
        return builder.Build();
    }
}
