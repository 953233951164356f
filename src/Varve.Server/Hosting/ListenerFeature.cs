namespace Varve.Server.Hosting;

/// <summary>A connection's feature: which port it came in by.</summary>
internal sealed record ListenerFeature(ListenerRole Role);
