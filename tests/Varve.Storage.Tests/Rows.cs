using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Storage.Tests;

/// <summary>Small batches, and what a view holds, as plain values.</summary>
internal static class Rows
{
    /// <summary>A number that must be there and a text that may be missing.</summary>
    public static Schema Schema { get; } = new([new Field("n", ArrowTypes.Int64, isNullable: false), new Field("text", ArrowTypes.Utf8)]);

    public static RecordBatch Of(params ReadOnlySpan<long> numbers)
    {
        RecordBatchBuilder builder = new(Schema);
        foreach (long number in numbers)
            builder.AppendRow(number, number % 5 == 0 ? null : "text " + number);
        return builder.Build();
    }

    /// <summary>Numbers from <paramref name="first"/> on.</summary>
    public static RecordBatch Range(long first, int count) => Of([.. Enumerable.Range(0, count).Select(i => first + i)]);

    public static RecordBatch Batch(Schema schema, params ReadOnlySpan<object?[]> rows)
    {
        RecordBatchBuilder builder = new(schema);
        foreach (object?[] row in rows)
            builder.AppendRow(row);
        return builder.Build();
    }

    /// <summary>All values of one column, in the order of offsets.</summary>
    public static List<object?> Column(this StreamView view, string name)
    {
        int index = view.Stream.Schema.IndexOf(name);
        List<object?> values = [];
        foreach (ViewChunk chunk in view.Chunks)
        {
            ArrayData column = chunk.Columns[index];
            for (int row = 0; row < chunk.RowCount; row++)
                values.Add(ArrayReader.GetValue(column, row));
        }

        return values;
    }

    public static long[] Numbers(this StreamView view) => [.. view.Column("n").Cast<long>()];

    public static long[] Times(this StreamView view) =>
        [.. view.Chunks.Select(c => c.Time).SelectMany(time => Enumerable.Range(0, time.Length).Select(i => ArrayReader.GetInt64(time, i)))];

    /// <summary>Fails unless chunks follow each other without gaps and have a value per row and column.</summary>
    public static void CheckShape(this StreamView view)
    {
        long next = view.FirstOffset;
        foreach (ViewChunk chunk in view.Chunks)
        {
            Assert.Equal(next, chunk.FirstOffset);
            Assert.InRange(chunk.RowCount, 1, 65_536);
            Assert.Equal(view.Stream.Schema.Fields.Count, chunk.Columns.Count);
            Assert.All(chunk.Columns, c => Assert.Equal(chunk.RowCount, c.Length));
            Assert.Equal(chunk.RowCount, chunk.Time.Length);
            next += chunk.RowCount;
        }

        Assert.Equal(view.EndOffset, next);
    }
}
