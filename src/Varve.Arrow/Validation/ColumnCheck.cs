namespace Varve.Arrow.Validation;

/// <summary>An array under check and what messages call it.</summary>
internal readonly record struct ColumnCheck(string Path, ArrayData Array)
{
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
        new($"column '{Path}' ({Array.Type.Name}): expected {expected}, found {found}");

    public ArrowFormatException Fail(int row, string expected, string found) =>
        new($"column '{Path}' ({Array.Type.Name}) {(Path.EndsWith(']') ? "element" : "row")} {row}: expected {expected}, found {found}");
}
