namespace Varve.Query.Scan;

/// <summary>Where a column's values come from.</summary>
internal enum ScanColumnKind
{
    /// <summary>Zeros.</summary>
    Any,

    /// <summary>A column of the stream.</summary>
    Stored,

    /// <summary>Counted from the chunk's first offset.</summary>
    Offset,

    /// <summary>The chunk's times.</summary>
    Time,
}
