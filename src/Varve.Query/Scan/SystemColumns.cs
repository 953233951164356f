namespace Varve.Query.Scan;

/// <summary>The columns of a scan that are not the user's.</summary>
internal static class SystemColumns
{
    /// <summary>
    /// The scan's first column, always 0, which views hide: count(*) asks for column 0 whatever it is, and this one costs nothing.
    /// </summary>
    public const string Any = "_any";

    /// <summary>A row's place in its stream.</summary>
    public const string Offset = "_offset";

    /// <summary>When the node accepted the row.</summary>
    public const string Time = "_time";
}
