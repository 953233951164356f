using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Faults;

/// <summary>A clock that jumps, back or forward, while the engine is open and between its lives.</summary>
public class ClockTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Times_of_a_stream_never_go_back_however_the_clock_jumps()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        ManualTime time = new();
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Time = time, SealRows = 40 });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        int count = 0;
        for (int jump = 0; jump < 30; jump++)
        {
            time.Now += TimeSpan.FromDays(random.Next(-400, 400));
            if (random.Next(3) == 0)
                await host.ReopenAsync();
            for (int i = random.Next(1, 6); i > 0; i--)
                await host.Engine.AppendAsync("s", Rows.Of(count++));
            if (random.Next(4) == 0)
                await host.Engine.FlushAsync("s");
            if (random.Next(6) == 0)
                await host.Engine.CheckpointAsync();
        }

        StreamView view = host.Engine.OpenView("s");
        Assert.Equal(Enumerable.Range(0, count).Select(n => (long)n), view.Numbers());
        long[] times = view.Times();
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void What_failed_is_tried_again_though_the_clock_was_set_back()
    {
        ManualTime time = new();
        Varve.Storage.Segments.Sealing.RetryTimes times = new(time);
        TimeSpan delay = times.Failed(1);
        time.Now -= TimeSpan.FromDays(365);
        Assert.True(times.IsWaiting(1));
        time.Now += delay;
        Assert.False(times.IsWaiting(1));
    }
}
