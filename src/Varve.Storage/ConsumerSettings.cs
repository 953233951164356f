namespace Varve.Storage;

/// <summary>How a consumer hands rows out. Immutable.</summary>
public sealed record ConsumerSettings
{
    /// <summary>Rows are delivered until they are acknowledged, however often that takes.</summary>
    public static ConsumerSettings Default { get; } = new();

    /// <summary>Rows that are neither acknowledged nor asked more time for within this are delivered again. 100 ms to 12 hours.</summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After so many deliveries that failed a row goes to <see cref="DeadLetterStream"/>, and the consumer passes it. 1 to 1,000; null where there is
    /// no such stream: rows are delivered for ever.
    /// </summary>
    public int? DeliveriesMax { get; init; }

    /// <summary>Where rows go that nobody could process; it is made where it does not exist. Null: nowhere.</summary>
    public string? DeadLetterStream { get; init; }

    /// <summary>Rows that may be delivered and not acknowledged at a time, over all members. 1 to 100,000.</summary>
    public int RowsInFlightMax { get; init; } = 65_536;
}
