using Varve.Arrow;
using Varve.Arrow.Builders;

namespace Varve.Query.Tests.Fixtures;

/// <summary>Arrow arrays from plain values, null for a null.</summary>
internal static class TestArrays
{
    public static RecordBatch Batch(params (string Name, ArrowType Type, object?[] Values)[] columns) => new(
        new Schema([.. columns.Select(c => new Field(c.Name, c.Type))]),
        columns[0].Values.Length,
        [.. columns.Select(c => Build(c.Type, c.Values))]);

    public static ArrayData Build(ArrowType type, IReadOnlyList<object?> values)
    {
        ArrayBuilder builder = ArrayBuilder.Create(type);
        foreach (object? value in values)
            builder.AppendValue(value);
        return builder.Build();
    }
}
