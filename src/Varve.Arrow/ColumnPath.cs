namespace Varve.Arrow;

/// <summary>Names of columns within columns in messages: <c>a.b</c> for a field, <c>a[]</c> for elements, <c>a[].key</c> for a map's keys.</summary>
internal static class ColumnPath
{
    public static string Child(string parent, ArrowType type, int index) =>
        type is StructType ? $"{parent}.{type.Children[index].Name}" : parent + "[]";
}
