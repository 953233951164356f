namespace Varve.Arrow.Tests.Ipc;

/// <summary>
/// What a row means, whatever its layout: the same text for a slice, for a dictionary and for plain values. Taken from the buffers here,
/// independently of the library's own readers.
/// </summary>
internal static class RowText
{
    public static IEnumerable<string> Of(RecordBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
            yield return string.Join(" | ", batch.Columns.Select(c => Of(c, row)));
    }

    public static string Of(ArrayData array, int row)
    {
        if (array.IsNull(row))
            return "null";
        switch (array.Type)
        {
            case DictionaryType:
                return Of(array.Dictionary!, int.Parse(RawValues.Text(array, row)));
            case ListType or LargeListType or MapType:
                return Range(array.Children[0], (int)RawValues.Offset(array, row), (int)RawValues.Offset(array, row + 1));
            case FixedSizeListType list:
                int start = (array.Offset + row) * list.Size;
                return Range(array.Children[0], start, start + list.Size);
            case StructType:
                return "{" + string.Join(", ", array.Children.Select(c => Of(c, array.Offset + row))) + "}";
            default:
                return RawValues.Text(array, row);
        }
    }

    private static string Range(ArrayData child, int start, int end) =>
        "[" + string.Join(", ", Enumerable.Range(start, end - start).Select(i => Of(child, i))) + "]";
}
