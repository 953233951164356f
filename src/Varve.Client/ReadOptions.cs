namespace Varve.Client;

/// <summary>What to read of a stream. Immutable.</summary>
public sealed record ReadOptions : ViewOptions
{
    /// <summary>The first offset; the oldest row held when neither this, <see cref="LastRows"/> nor <see cref="AfterPosition"/> is given.</summary>
    public long? FromOffset { get; init; }

    /// <summary>Start with the newest n rows.</summary>
    public long? LastRows { get; init; }

    /// <summary>Start behind the rows of an earlier answer, by the position that it told.</summary>
    public long? AfterPosition { get; init; }

    /// <summary>Stop before this offset.</summary>
    public long? ToOffset { get; init; }

    /// <summary>Stop after that many rows.</summary>
    public long? MaxRows { get; init; }

    /// <summary>Go on with new rows as they become visible, until the caller cancels.</summary>
    public bool Follow { get; init; }

    /// <summary>Only rows for which this condition in SQL holds; null: all.</summary>
    public string? Filter { get; init; }

    /// <summary>Columns by name, also <c>_offset</c> and <c>_time</c>; empty for all of the schema.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
}
