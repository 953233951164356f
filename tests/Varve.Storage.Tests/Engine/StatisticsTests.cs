using System.Diagnostics.Metrics;

namespace Varve.Storage.Tests.Engine;

public class StatisticsTests
{
    [Fact]
    public async Task Statistics_count_what_was_acknowledged()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("a", Rows.Schema);
        await host.Engine.CreateStreamAsync("b", Rows.Schema);
        await host.Engine.AppendAsync("a", Rows.Of(1, 2));
        await host.Engine.AppendAsync("b", Rows.Of(3));
        StorageStatistics statistics = host.Engine.Statistics;

        Assert.Equal((2, 3L, 2L, 3L), (statistics.StreamCount, statistics.RowCount, statistics.AppendCount, statistics.AppendedRowCount));
        Assert.InRange(statistics.AppendedBytes, 3 * 20, 3 * 60);
        Assert.Equal(4, statistics.CommitCount);
        Assert.Equal(statistics.TailBytes, host.Engine.List().Sum(s => s.TailBytes));
        Assert.True(statistics.LogBytes > 0);
        Assert.Equal(0, statistics.RecoveredEntryCount);
        await host.ReopenAsync();
        Assert.Equal(4, host.Engine.Statistics.RecoveredEntryCount);
        Assert.Equal(3, host.Engine.Statistics.RowCount);
    }

    [Fact]
    public async Task Gauges_say_what_there_is_now()
    {
        // Engines of other tests have meters of the same name: this limit tells which one is ours.
        const long CacheLimitBytes = 12_345_677;
        await using EngineHost host = await EngineHost.StartAsync(o => o with { SegmentCacheBytes = CacheLimitBytes, Compacts = false });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.CreateStreamAsync("t", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 100));
        await host.Engine.FlushAsync("s");
        await host.Engine.RotateStreamKeyAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(100, 7));
        Assert.Equal(107, host.Engine.OpenView("s").Numbers().Length);
        List<(Meter Meter, string Name, long Value)> seen = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument is { Meter.Name: "Varve.Storage", IsObservable: true })
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen.Add((instrument.Meter, instrument.Name, value)));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen.Add((instrument.Meter, instrument.Name + string.Concat(tags.ToArray().Select(t => $" {t.Key}={t.Value}")), value)));
        listener.Start();
        listener.RecordObservableInstruments();
        Meter ours = Assert.Single(seen, m => m is { Name: "varve.storage.cache.limit", Value: CacheLimitBytes }).Meter;
        Dictionary<string, long> gauges = seen.Where(m => m.Meter == ours).ToDictionary(m => m.Name, m => m.Value);
        Assert.Equal((2, 1), (gauges["varve.storage.streams"], gauges["varve.storage.segments"]));
        Assert.Equal((7, host.Engine.Statistics.SegmentBytes), (gauges["varve.storage.tail.rows"], gauges["varve.storage.segment.bytes"]));
        Assert.Equal((3, 1), (gauges["varve.storage.key.versions state=current"], gauges["varve.storage.key.versions state=older"]));
        Assert.InRange(gauges["varve.storage.cache.bytes"], 1, CacheLimitBytes);
        Assert.Equal(host.Engine.Statistics.LogBytes, gauges["varve.storage.log.bytes"]);
    }

    [Fact]
    public async Task The_meter_reports_appends_commits_and_memory()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Dictionary<string, double> sums = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "Varve.Storage")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.Start();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of(1, 2));

        // Counted after the acknowledgement, on the sequencer's thread: done for certain when the engine is closed.
        await host.CloseAsync();
        lock (sums)
        {
            Assert.True(sums["varve.storage.appends"] >= 1 && sums["varve.storage.rows"] >= 2 && sums["varve.storage.commits"] >= 2);
            Assert.True(sums["varve.storage.commit.duration"] > 0 && sums["varve.storage.commit.group_size"] >= 2 && sums["varve.storage.bytes"] > 0);
        }

        void Add(string name, double value)
        {
            lock (sums)
                sums[name] = sums.GetValueOrDefault(name) + value;
        }
    }

    [Fact]
    public async Task The_time_of_rows_does_not_fall_when_the_clock_goes_back()
    {
        Clock clock = new(DateTimeOffset.Parse("2024-05-06T07:08:09Z"));
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Time = clock });
        StreamDescription created = await host.Engine.CreateStreamAsync("s", Rows.Schema);
        Assert.Equal(clock.Now, created.CreatedAt);
        long start = (clock.Now - DateTimeOffset.UnixEpoch).Ticks / 10;
        foreach (int seconds in new[] { 1, -3600, 7200 })
        {
            clock.Now += TimeSpan.FromSeconds(seconds);
            await host.Engine.AppendAsync("s", Rows.Of(1, 2));
        }

        long[] expected = [start + 1_000_000, start + 1_000_000, start + 1_000_000, start + 1_000_000, start + 3_601_000_000, start + 3_601_000_000];
        Assert.Equal(expected, host.Engine.OpenView("s").Times());
        clock.Now -= TimeSpan.FromDays(1);
        await host.ReopenAsync();
        await host.Engine.AppendAsync("s", Rows.Of(1));
        Assert.Equal([.. expected, expected[^1]], host.Engine.OpenView("s").Times());
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
