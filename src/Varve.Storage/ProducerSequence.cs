namespace Varve.Storage;

/// <summary>
/// The number that a producer gives an append, by which a repeated one is known and answered as the first was. Numbers are dense.
/// </summary>
/// <param name="ProducerId">Of <see cref="ProducerSession"/>.</param>
/// <param name="Epoch">Of <see cref="ProducerSession"/>.</param>
/// <param name="Sequence">One more than that of the producer's append before.</param>
public readonly record struct ProducerSequence(long ProducerId, int Epoch, long Sequence);
