namespace Varve.Server.Metrics;

/// <summary>Prometheus' kinds of metrics, as far as instruments of .NET lead to them.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
