namespace Varve.Storage;

/// <summary>What a producer was given when it was opened: from here on it appends with this epoch, and earlier sessions of it cannot.</summary>
/// <param name="Id">The producer; the same for as long as it is known, and never used again for another.</param>
/// <param name="Name">As whoever opened it calls it.</param>
/// <param name="Epoch">Which opening this is, from 1.</param>
/// <param name="NextSequence">The number of its next append: one more than that of its newest that was taken, from 0.</param>
public readonly record struct ProducerSession(long Id, string Name, int Epoch, long NextSequence);
