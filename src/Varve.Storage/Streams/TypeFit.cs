using Varve.Arrow;

namespace Varve.Storage.Streams;

/// <summary>
/// Whether arrays of one type can be kept in a column of another: the same values, whatever the elements of lists and maps are called.
/// </summary>
internal static class TypeFit
{
    /// <summary>
    /// Nullability inside of nested types is not compared: whether there are nulls where none may be is a question to the data, and is asked
    /// there.
    /// </summary>
    public static bool Fits(ArrowType expected, ArrowType found) => ReferenceEquals(expected, found) || (expected, found) switch
    {
        (ListType a, ListType b) => Fits(a.Element.Type, b.Element.Type),
        (LargeListType a, LargeListType b) => Fits(a.Element.Type, b.Element.Type),
        (FixedSizeListType a, FixedSizeListType b) => a.Size == b.Size && Fits(a.Element.Type, b.Element.Type),
        (MapType a, MapType b) => (b.KeysSorted || !a.KeysSorted) && EntriesFit(a.Entries.Type, b.Entries.Type),
        (StructType a, StructType b) => FieldsFit(a, b),
        _ => expected.Equals(found),
    };

    /// <summary>The same rows under the column's own type, so that the nullability inside of it is the column's. The types must fit.</summary>
    public static ArrayData As(ArrowType type, ArrayData array)
    {
        // An array whose children are not those of its type is left for the validation to refuse.
        if (ReferenceEquals(type, array.Type) || array.Children.Length == 0 || array.Children.Length != type.Children.Count)
            return array;
        var children = new ArrayData[array.Children.Length];
        for (int i = 0; i < children.Length; i++)
            children[i] = As(type.Children[i].Type, array.Children[i]);
        return new ArrayData(type, array.Length, array.NullCount, array.Buffers, children, array.Dictionary, array.Offset);
    }

    private static bool EntriesFit(ArrowType expected, ArrowType found) =>
        expected.Children.Count == 2 && found.Children.Count == 2
        && Fits(expected.Children[0].Type, found.Children[0].Type)
        && Fits(expected.Children[1].Type, found.Children[1].Type);

    private static bool FieldsFit(StructType expected, StructType found)
    {
        if (expected.Fields.Count != found.Fields.Count)
            return false;
        for (int i = 0; i < expected.Fields.Count; i++)
        {
            if (expected.Fields[i].Name != found.Fields[i].Name || !Fits(expected.Fields[i].Type, found.Fields[i].Type))
                return false;
        }

        return true;
    }
}
