namespace Varve.Storage.Keys;

/// <summary>What a new writing of the keyring has that the one before has not.</summary>
/// <param name="KeyedUpTo">The highest stream id that a key was made for.</param>
/// <param name="Streams">Streams whose keys change, or that get their first.</param>
internal sealed record KeyringChange(long KeyedUpTo, IReadOnlyDictionary<long, StreamKeys> Streams);
