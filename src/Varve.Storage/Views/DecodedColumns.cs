using System.Collections;
using Varve.Arrow;

namespace Varve.Storage.Views;

/// <summary>Columns of a chunk of a segment, each made anew with every look at it. As immutable as what makes them.</summary>
internal sealed class DecodedColumns(int count, Func<int, ArrayData> decode) : IReadOnlyList<ArrayData>
{
    public int Count => count;

    public ArrayData this[int index] => (uint)index < (uint)count
        ? decode(index)
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"there are {count} columns");

    public IEnumerator<ArrayData> GetEnumerator()
    {
        for (int i = 0; i < count; i++)
            yield return decode(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
