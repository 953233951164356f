using Varve.Arrow;
using Varve.Storage.Segments.Format;

namespace Varve.Storage.Segments.Pages;

/// <summary>Structs and lists of one size: their children as arrays, those of null rows as they are.</summary>
internal static class ChildrenPage
{
    public static void Write(ArrayData array, PageWriter writer)
    {
        int perRow = PerRow(array.Type);
        foreach (ArrayData child in array.Children)
            ArrayPage.Write(child.Slice(array.Offset * perRow, array.Length * perRow), writer);
    }

    public static ArrayData Read(ArrowType type, scoped RowNulls nulls, ref PageReader reader, int depth)
    {
        long rows = (long)nulls.RowCount * PerRow(type);
        if (rows > int.MaxValue)
            throw new PageFormatException($"it has {rows} elements");
        var children = new ArrayData[type.Children.Count];
        for (int i = 0; i < children.Length; i++)
            children[i] = ArrayPage.Read(type.Children[i].Type, (int)rows, ref reader, depth + 1);
        return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity], children);
    }

    private static int PerRow(ArrowType type) => type is FixedSizeListType list ? list.Size : 1;
}
