namespace Varve.Storage;

/// <summary>Rows that were handed to a member of a consumer, for it alone until <see cref="Duration"/> has passed.</summary>
/// <param name="Id">Names it while the node runs.</param>
/// <param name="Epoch">The consumer's, to be named in acknowledgements.</param>
/// <param name="Rows">All of them are unacknowledged, and kept when the lease was made.</param>
/// <param name="Delivery">1 for rows that were not delivered before, so far as that is known; one more with every failed delivery.</param>
/// <param name="Duration">How long it lasts from when it was made.</param>
public sealed record ConsumerLease(long Id, int Epoch, OffsetRange Rows, int Delivery, TimeSpan Duration);
