using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Server.Metrics;

namespace Varve.Server.Tests.Metrics;

public sealed class MetricsCollectorTests : IDisposable
{
    private readonly string _meterName = "Test." + Guid.NewGuid().ToString("N");
    private readonly Meter _meter;
    private readonly MetricsCollector _collector;

    public MetricsCollectorTests()
    {
        _collector = new MetricsCollector([_meterName, "System.Runtime"], this, NullLogger.Instance);
        _meter = new Meter(_meterName);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _collector.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_by_its_labels()
    {
        Counter<long> counter = _meter.CreateCounter<long>("varve.rows", "By", "Rows \\ and\nlines.");
        counter.Add(2, new KeyValuePair<string, object?>("b", 1), new KeyValuePair<string, object?>("a", "x"));
        counter.Add(3, new KeyValuePair<string, object?>("a", "x"), new KeyValuePair<string, object?>("b", 1));
        counter.Add(4);
        PrometheusScrape scrape = Scrape();
        Assert.Equal("counter", scrape.Types["varve_rows_bytes_total"]);
        Assert.Equal("Rows \\ and\nlines.", scrape.Helps["varve_rows_bytes_total"]);
        Assert.Equal(5, scrape["varve_rows_bytes_total", "a=x,b=1"]);
        Assert.Equal(4, scrape["varve_rows_bytes_total", ""]);
    }

    [Fact]
    public void Label_values_come_through_whatever_is_in_them()
    {
        const string Nasty = "a\"b\\c\nd{e},=é";
        _meter.CreateCounter<int>("c").Add(1, new KeyValuePair<string, object?>("k.e-y", Nasty));
        Assert.Equal(1, Scrape()["c_total", "k_e_y=" + Nasty]);
    }

    [Fact]
    public void A_histogram_counts_into_the_advised_buckets()
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2.5] };
        Histogram<double> histogram = _meter.CreateHistogram("d", "s", "Time.", advice: advice);
        foreach (double value in (double[])[0.5, 1, 2, 2.5, 3])
            histogram.Record(value, new KeyValuePair<string, object?>("le", "mine"));
        PrometheusScrape scrape = Scrape();
        Assert.Equal("histogram", scrape.Types["d_seconds"]);
        Assert.Equal(2, scrape["d_seconds_bucket", "le=1,le_=mine"]);
        Assert.Equal(4, scrape["d_seconds_bucket", "le=2.5,le_=mine"]);
        Assert.Equal(5, scrape["d_seconds_bucket", "le=+Inf,le_=mine"]);
        Assert.Equal(5, scrape["d_seconds_count", "le_=mine"]);
        Assert.Equal(9, scrape["d_seconds_sum", "le_=mine"]);
    }

    [Fact]
    public void Gauges_show_the_last_value_and_what_is_no_longer_observed_is_gone()
    {
        _meter.CreateGauge<double>("set", "1").Record(5);
        _meter.CreateGauge<double>("set", "1").Record(double.NegativeInfinity);
        UpDownCounter<int> open = _meter.CreateUpDownCounter<int>("open", "{call}");
        open.Add(3);
        open.Add(-1);
        List<Measurement<int>> observed = [new(7, new KeyValuePair<string, object?>("s", "a")), new(8, new KeyValuePair<string, object?>("s", "b"))];
        _meter.CreateObservableGauge("seen", () => observed);
        PrometheusScrape scrape = Scrape();
        Assert.Equal(double.NegativeInfinity, scrape["set_ratio", ""]);
        Assert.Equal(2, scrape["open", ""]);
        Assert.Equal((7d, 8d), (scrape["seen", "s=a"], scrape["seen", "s=b"]));

        observed.RemoveAt(0);
        scrape = Scrape();
        Assert.Equal(8, scrape["seen", "s=b"]);
        Assert.False(scrape.Has("seen", "s=a"));
    }

    [Fact]
    public void Instruments_of_one_name_share_a_metric_and_a_disposed_meter_is_gone()
    {
        using (var second = new Meter(_meterName))
        {
            _meter.CreateObservableCounter("n", () => 1L);
            second.CreateObservableCounter("n", () => 2L);
            Assert.Equal(3, Scrape()["n_total", ""]);
        }

        Assert.Equal(1, Scrape()["n_total", ""]);
        _meter.Dispose();
        Assert.False(Scrape().Has("n_total", ""));
    }

    [Fact]
    public void The_meters_of_another_daemon_are_not_shown()
    {
        using var mine = new Meter(new MeterOptions(_meterName) { Scope = this });
        using var others = new Meter(new MeterOptions(_meterName) { Scope = new object() });
        mine.CreateObservableGauge("of_one", () => 1);
        others.CreateObservableGauge("of_one", () => 2);
        Assert.Equal(1, Scrape()["of_one", ""]);
    }

    [Fact]
    public void An_instrument_that_fails_does_not_take_the_others_with_it()
    {
        _meter.CreateObservableGauge("bad", int () => throw new InvalidOperationException("planted"));
        _meter.CreateObservableGauge("good", () => 1);
        Assert.Equal(1, Scrape()["good", ""]);
    }

    [Fact]
    public void Labels_without_end_share_one_series()
    {
        Counter<int> counter = _meter.CreateCounter<int>("many");
        for (int i = 0; i < MetricFamily.MaxSeries + 500; i++)
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        PrometheusScrape scrape = Scrape();
        Assert.Equal(500, scrape["many_total", "otel_metric_overflow=true"]);
        Assert.Equal(MetricFamily.MaxSeries + 1, scrape.CountOf("many_total"));
    }

    [Fact]
    public async Task Nothing_is_lost_when_many_threads_measure()
    {
        Counter<long> counter = _meter.CreateCounter<long>("c");
        Histogram<int> histogram = _meter.CreateHistogram<int>("h");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("t", i & 3));
                histogram.Record(i & 127);
            }
        })));
        PrometheusScrape scrape = Scrape();
        for (int t = 0; t < 4; t++)
            Assert.Equal(20_000, scrape["c_total", $"t={t}"]);
        Assert.Equal(80_000, scrape["h_count", ""]);
    }

    [Fact]
    public void The_runtime_shows_itself()
    {
        PrometheusScrape scrape = Scrape();
        Assert.True(scrape["dotnet_process_memory_working_set_bytes", ""] > 1_000_000);
        Assert.Equal("counter", scrape.Types["dotnet_gc_collections_total"]);
    }

    private PrometheusScrape Scrape() => PrometheusScrape.Parse(_collector.Scrape());
}
