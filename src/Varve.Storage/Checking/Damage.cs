namespace Varve.Storage.Checking;

/// <summary>A place on the disk that is not as it was written, or that cannot be read.</summary>
/// <param name="File">The file.</param>
/// <param name="Message">File, place, what was expected and what was found.</param>
public sealed record Damage(string File, string Message)
{
    /// <summary>The stream whose rows stand there; null where it is not a stream's, or that is not known.</summary>
    public string? Stream { get; init; }

    /// <summary>The column, where a page of one is damaged; empty or null otherwise.</summary>
    public string? Column { get; init; }

    /// <summary>Which page of a segment: <c>block 3</c>, <c>dictionary</c>, <c>footer</c>; null for other files.</summary>
    public string? Page { get; init; }

    /// <summary>The first of the rows that are touched; null where it is not known.</summary>
    public long? FirstOffset { get; init; }

    /// <summary>The offset behind the last of them.</summary>
    public long? EndOffset { get; init; }
}
