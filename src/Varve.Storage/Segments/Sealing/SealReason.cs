namespace Varve.Storage.Segments.Sealing;

/// <summary>Why rows are sealed.</summary>
internal enum SealReason
{
    /// <summary>The tail has enough rows or bytes for a segment.</summary>
    Size,

    /// <summary>Its oldest row has been in memory for long enough.</summary>
    Age,

    /// <summary>The memory for rows runs out.</summary>
    Memory,

    /// <summary>Somebody asked for it.</summary>
    Flush,
}
