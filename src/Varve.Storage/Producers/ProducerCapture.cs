namespace Varve.Storage.Producers;

/// <summary>The producers at one moment. Immutable.</summary>
/// <param name="LastId">The id of the newest producer that was ever known.</param>
/// <param name="Producers">Those that are known.</param>
internal sealed record ProducerCapture(long LastId, IReadOnlyList<ProducerState> Producers)
{
    public static ProducerCapture Empty { get; } = new(0, []);
}
