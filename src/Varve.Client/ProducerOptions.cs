namespace Varve.Client;

/// <summary>How a <see cref="Producer"/> sends. Immutable.</summary>
public sealed record ProducerOptions
{
    /// <summary>Appends wait while more bytes than that have no answer.</summary>
    public long MaxUnacknowledgedBytes { get; init; } = 32 << 20;

    /// <summary>Appends wait while that many have no answer: 1 to 128, as many answers as the daemon keeps.</summary>
    public int MaxUnacknowledgedAppends { get; init; } = 128;

    /// <summary>How long appends are sent again without any being answered before all that wait fail.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The wait before the first repetition; it doubles up to <see cref="RetryDelayMax"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(2);
}
