using System.Collections;
using Varve.Arrow;
using Varve.Arrow.Builders;

namespace Varve.Storage.Views;

/// <summary>
/// Some rows of a chunk's columns, each made when it is looked at: a chunk with an all-null column of a wide type is cut into a thousand pieces, and
/// a stream may have thousands of columns. Immutable.
/// </summary>
/// <param name="schema">The fields of the columns.</param>
/// <param name="columns">Of the whole chunk; null: no row has a value.</param>
/// <param name="start">The first row.</param>
/// <param name="count">How many rows.</param>
internal sealed class ColumnSlices(Schema schema, ArrayData?[] columns, int start, int count) : IReadOnlyList<ArrayData>
{
    public int Count => columns.Length;

    public ArrayData this[int index] => columns[index]?.Slice(start, count) ?? ColumnAppender.Nulls(schema.Fields[index].Type, count);

    public IEnumerator<ArrayData> GetEnumerator()
    {
        for (int i = 0; i < columns.Length; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
