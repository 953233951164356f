using System.Diagnostics.Metrics;

namespace Varve.Server.Metrics;

/// <summary>What kind of metric an instrument of .NET feeds, and in which buckets.</summary>
internal static class InstrumentShape
{
    private static readonly double[] SecondBoundaries =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];
    private static readonly double[] ByteBoundaries = [.. Enumerable.Range(0, 12).Select(i => Math.Pow(4, i + 3))];
    private static readonly double[] CountBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 1_000_000];

    public static MetricKind KindOf(Instrument instrument)
    {
        Type type = instrument.GetType().GetGenericTypeDefinition();
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>))
            return MetricKind.Counter;
        return type == typeof(Histogram<>) ? MetricKind.Histogram : MetricKind.Gauge;
    }

    /// <summary>True for a gauge whose measurements replace each other, false where they are differences.</summary>
    public static bool IsSetGauge(Instrument instrument) => instrument is Gauge<long> or Gauge<int> or Gauge<double> or Gauge<float>
        or Gauge<short> or Gauge<byte> or Gauge<decimal>;

    /// <summary>A histogram's buckets: those its author advised, else some that suit its unit.</summary>
    public static double[] BoundariesOf(Instrument instrument)
    {
        if (KindOf(instrument) != MetricKind.Histogram)
            return [];
        return Advised(instrument) ?? instrument.Unit switch
        {
            "s" => SecondBoundaries,
            "By" => ByteBoundaries,
            _ => CountBoundaries,
        };
    }

    private static double[]? Advised(Instrument instrument) => instrument switch
    {
        Histogram<double> h => h.Advice?.HistogramBucketBoundaries?.ToArray(),
        Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
        Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
        Histogram<float> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
        _ => null,
    };
}
