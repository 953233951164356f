namespace Varve.Load.Delivery;

/// <summary>What the writers did in one round.</summary>
/// <param name="PerSecond">Appends of all of them.</param>
/// <param name="Milliseconds">How long each took.</param>
internal sealed record AppendRound(double PerSecond, IReadOnlyCollection<double> Milliseconds);
