using System.Collections.Concurrent;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Varve.Server.Metrics;

/// <summary>
/// A metric with all its series. Measurements come from any thread; observation (<see cref="BeginObservation"/> to printing) is done by one thread at
/// a time.
/// </summary>
internal sealed class MetricFamily(string name, MetricKind kind, string help, bool isObserved, double[] boundaries)
{
    /// <summary>More label sets than this share one series, so that a label taken from outside cannot fill the memory.</summary>
    internal const int MaxSeries = 2000;

    private static readonly Tag[] OverflowTags = [new("otel_metric_overflow", "true")];

    private readonly ConcurrentDictionary<Tag[], MetricSeries> _byTags = new(new TagComparer());
    private readonly ConcurrentDictionary<string, MetricSeries> _byLabels = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public MetricKind Kind { get; } = kind;

    public string Help { get; } = help;

    /// <summary>Upper ends of a histogram's buckets, ascending; empty for other kinds.</summary>
    public double[] Boundaries { get; } = boundaries;

    /// <summary>Instruments that feed this metric; only touched under the collector's lock.</summary>
    public int InstrumentCount { get; set; }

    /// <summary>By their labels.</summary>
    public IEnumerable<MetricSeries> Series => _byLabels.Values.Where(s => s.IsPresent).OrderBy(s => s.Labels, StringComparer.Ordinal);

    /// <summary>Whether an instrument can feed this metric: the text format allows one kind per name.</summary>
    public bool Fits(MetricKind otherKind, bool isOtherObserved) => Kind == otherKind && isObserved == isOtherObserved;

    /// <summary>Forgets what observed instruments reported before: they report everything each time.</summary>
    public void BeginObservation()
    {
        if (!isObserved)
            return;
        foreach (MetricSeries series in _byLabels.Values)
            series.IsPresent = false;
    }

    public void Measure(double value, ReadOnlySpan<Tag> tags)
    {
        MetricSeries series = Find(tags);
        if (Kind == MetricKind.Histogram)
            series.Record(value);
        else if (isObserved)
            Observe(series, value);
        else
            series.Add(value);
    }

    /// <summary>A gauge that is set, not added to.</summary>
    public void Set(double value, ReadOnlySpan<Tag> tags) => Find(tags).Value = value;

    private void Observe(MetricSeries series, double value)
    {
        // Two instruments of one name (two engines in one process) add up in a counter.
        series.Value = series.IsPresent && Kind == MetricKind.Counter ? series.Value + value : value;
        series.IsPresent = true;
    }

    private MetricSeries Find(ReadOnlySpan<Tag> tags)
    {
        var lookup = _byTags.GetAlternateLookup<ReadOnlySpan<Tag>>();
        if (lookup.TryGetValue(tags, out MetricSeries? known))
            return known;
        bool isFull = _byTags.Count >= MaxSeries;
        string labels = PrometheusText.Labels(isFull ? OverflowTags : tags);
        MetricSeries series = _byLabels.GetOrAdd(labels, static (l, f) => new MetricSeries(l, f.Boundaries) { IsPresent = !f.IsObserved }, this);
        if (!isFull)
            lookup.TryAdd(tags, series);
        return series;
    }

    private bool IsObserved => isObserved;
}
