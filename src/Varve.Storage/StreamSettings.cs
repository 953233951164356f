namespace Varve.Storage;

/// <summary>What a stream's owner wants of its sealed rows. Immutable.</summary>
public sealed record StreamSettings
{
    /// <summary>Nothing is ordered, and every row is kept.</summary>
    public static StreamSettings Default { get; } = new();

    /// <summary>
    /// Columns by which the rows of a segment are ordered when segments are merged, the first one first, so that conditions on them find what they
    /// look for in few places. Offsets stay, and reading in their order still works. Empty: rows stand as they came.
    /// </summary>
    public IReadOnlyList<string> ClusterBy { get; init; } = [];

    /// <summary>Rows older than this may go; null: rows are kept for ever. Whole segments go, so rows are kept for longer, never shorter.</summary>
    public TimeSpan? RetainFor { get; init; }

    /// <summary>How many of the newest rows are kept at least; null: all.</summary>
    public long? RetainRows { get; init; }

    /// <summary>How many bytes of segments, the newest first, are kept at least; null: all.</summary>
    public long? RetainBytes { get; init; }

    public bool Equals(StreamSettings? other) =>
        other is not null && RetainFor == other.RetainFor && RetainRows == other.RetainRows && RetainBytes == other.RetainBytes
        && ClusterBy.SequenceEqual(other.ClusterBy, StringComparer.Ordinal);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(RetainFor);
        hash.Add(RetainRows);
        hash.Add(RetainBytes);
        foreach (string column in ClusterBy)
            hash.Add(column, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
