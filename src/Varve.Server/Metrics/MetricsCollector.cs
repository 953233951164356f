using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Varve.Server.Metrics;

/// <summary>
/// Listens to the meters of the process and prints what they measured; of those that belong to one daemon only to this one's, since a process may
/// have several. Measurements come from any thread and take no lock; one scrape runs at a time.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MetricFamily> _families = [];
    private readonly MeterListener _listener = new();
    private readonly HashSet<string> _meters;
    private readonly object _daemon;
    private readonly ILogger _log;

    /// <param name="meters">Names of the meters to show.</param>
    /// <param name="daemon">The scope of meters that belong to this daemon alone.</param>
    /// <param name="log">For instruments that cannot be shown.</param>
    public MetricsCollector(IEnumerable<string> meters, object daemon, ILogger log)
    {
        _daemon = daemon;
        _meters = [.. meters];
        _log = log;
        _listener.InstrumentPublished = Publish;
        _listener.MeasurementsCompleted = (_, state) => Complete(state);
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, state) => Measure(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, state) => Measure(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Measure(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Measure(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, state) => Measure(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, state) => Measure(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, state) => Measure(instrument, (double)value, tags, state));
        _listener.Start();
    }

    /// <summary>All metrics as Prometheus reads them, by name.</summary>
    public string Scrape()
    {
        lock (_lock)
        {
            foreach (MetricFamily family in _families.Values)
                family.BeginObservation();
            Observe();
            var text = new StringBuilder();
            foreach (MetricFamily family in _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
                PrometheusText.Write(family, text);
            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException e)
        {
            // The instruments that could be read have been; the others are missing from this scrape.
            _log.LogWarning(e, "some metrics could not be read");
        }
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!_meters.Contains(instrument.Meter.Name) || (instrument.Meter.Scope is { } scope && scope != _daemon))
            return;
        MetricKind kind = InstrumentShape.KindOf(instrument);
        string name = PrometheusText.MetricName(instrument.Name, instrument.Unit, kind);
        lock (_lock)
        {
            if (!_families.TryGetValue(name, out MetricFamily? family))
            {
                family = new MetricFamily(
                    name, kind, instrument.Description ?? "", instrument.IsObservable, InstrumentShape.BoundariesOf(instrument));
                _families.Add(name, family);
            }
            else if (!family.Fits(kind, instrument.IsObservable))
            {
                _log.LogWarning("the instrument {Instrument} of {Meter} is not shown: another of a different kind is called {Name} too",
                    instrument.Name, instrument.Meter.Name, name);
                return;
            }

            family.InstrumentCount++;
            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private void Complete(object? state)
    {
        lock (_lock)
        {
            if (state is MetricFamily family && --family.InstrumentCount == 0)
                _families.Remove(family.Name);
        }
    }

    private static void Measure(Instrument instrument, double value, ReadOnlySpan<Tag> tags, object? state)
    {
        if (state is not MetricFamily family)
            return;
        if (InstrumentShape.IsSetGauge(instrument))
            family.Set(value, tags);
        else
            family.Measure(value, tags);
    }
}
