namespace Varve.Arrow.Validation;

/// <summary>An array under check and what messages call it.</summary>
/// <param name="Path">The column, or the way from a column to its child.</param>
/// <param name="Array">The column or child.</param>
/// <param name="IsColumn">True for a column, whose rows are those of the batch.</param>
internal readonly record struct ColumnCheck(string Path, ArrayData Array, bool IsColumn = false)
{
    private string Name => $"column '{MessageText.Cut(Path)}' ({MessageText.Cut(Array.Type)})";

    /// <summary>Refuses a buffer that is too short for the rows.</summary>
    public void Buffer(int index, string name, long bytesMin)
    {
        if (Array.Buffers[index].Length < bytesMin)
            throw Fail($"at least {bytesMin} bytes of {name} for {Array.Length} rows", $"{Array.Buffers[index].Length}");
    }

    /// <summary>Refuses children with too few rows.</summary>
    public void Children(long rowsMin)
    {
        foreach (ArrayData child in Array.Children)
        {
            if (child.Length < rowsMin)
                throw Fail($"at least {rowsMin} rows in each child array", $"{child.Length}");
        }
    }

    public ArrowFormatException Fail(string expected, string found) =>
        new($"{Name}: expected {expected}, found {found}");

    public ArrowFormatException Fail(int row, string expected, string found) =>
        new($"{Name} {(Path.EndsWith(']') ? "element" : "row")} {row}: expected {expected}, found {found}") { RowIndex = IsColumn ? row : null };
}
