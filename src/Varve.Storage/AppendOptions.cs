namespace Varve.Storage;

/// <summary>On which terms rows are appended. Immutable.</summary>
public sealed record AppendOptions
{
    public static AppendOptions None { get; } = new();

    /// <summary>
    /// Makes a repeated append answer as the first did, instead of storing its rows twice. An append without rows takes no number.
    /// </summary>
    public ProducerSequence? Producer { get; init; }

    /// <summary>The appends that this one must not come through without.</summary>
    public AppendChain? Chain { get; init; }
}
