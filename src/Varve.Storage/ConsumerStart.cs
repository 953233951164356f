namespace Varve.Storage;

/// <summary>Where a consumer begins.</summary>
public abstract record ConsumerStart
{
    private ConsumerStart()
    {
    }

    /// <summary>With the oldest row that is kept.</summary>
    public static ConsumerStart Earliest { get; } = new AtEarliest();

    /// <summary>With the next row that comes.</summary>
    public static ConsumerStart Latest { get; } = new AtLatest();

    /// <summary>Where it is. For a consumer that exists: what is acknowledged above stays so, and earlier members are shut out.</summary>
    public static ConsumerStart Current { get; } = new AtCurrent();

    /// <summary>With this row, which must be kept or be the next that comes.</summary>
    public sealed record AtOffset(long Offset) : ConsumerStart;

    /// <summary>Behind what was visible at a log position.</summary>
    public sealed record AfterPosition(LogPosition Position) : ConsumerStart;

    internal sealed record AtEarliest : ConsumerStart;

    internal sealed record AtLatest : ConsumerStart;

    internal sealed record AtCurrent : ConsumerStart;
}
