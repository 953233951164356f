namespace Varve.Storage;

/// <summary>A moment of the past that readers can go back to. One of the three.</summary>
public abstract record AsOf
{
    private AsOf()
    {
    }

    /// <summary>The rows whose entries stand at or below a log position.</summary>
    public sealed record AtPosition(LogPosition Position) : AsOf;

    /// <summary>The rows whose <c>_time</c> is not after a moment. Not in the future: what comes until then would be missing.</summary>
    public sealed record AtTime(DateTimeOffset Time) : AsOf;

    /// <summary>Of each stream that is named, the rows before an offset; others are read as they are.</summary>
    /// <param name="EndOffsets">By the stream's name, without regard to case.</param>
    public sealed record AtOffsets(IReadOnlyDictionary<string, long> EndOffsets) : AsOf;
}
