namespace Varve.Storage;

/// <summary>A producer that the node knows.</summary>
/// <param name="Session">Its newest session.</param>
/// <param name="LastUsedAt">When it was opened or its newest append was taken, whichever came later.</param>
public sealed record ProducerDescription(ProducerSession Session, DateTimeOffset LastUsedAt);
