using Microsoft.Extensions.Logging.Abstractions;
using Varve.Storage.Segments.Sealing;

namespace Varve.Storage.Tests.Segments.Sealing;

public class RetryTimesTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void What_fails_waits_twice_as_long_each_time_and_a_minute_at_most()
    {
        RetryTimes times = new(_time);
        foreach (int seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), times.Failed(7));
            _time.Now += TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1);
            Assert.True(times.IsWaiting(7));
            Assert.False(times.IsWaiting(8));
            _time.Now += TimeSpan.FromTicks(1);
            Assert.False(times.IsWaiting(7));
        }

        times.Succeeded(7);
        Assert.Equal(TimeSpan.FromSeconds(1), times.Failed(7));
    }

    [Fact]
    public void Work_that_fails_is_counted_and_waits_and_what_ends_the_service_is_neither()
    {
        int failures = 0;
        CarefulWork careful = new("sealing", _time, () => failures++, NullLogger.Instance);
        IOException broken = new("broken");
        Assert.Same(broken, careful.Try(7, "stream 's'", () => throw broken));
        Assert.Equal((1, true, false), (failures, careful.IsWaiting(7), careful.IsWaiting(8)));
        Assert.Throws<OperationCanceledException>(() => careful.Try(8, "stream 't'", () => throw new OperationCanceledException()));
        Assert.Equal((1, false), (failures, careful.IsWaiting(8)));
        Assert.Null(careful.Try(7, "stream 's'", () => { }));
        Assert.False(careful.IsWaiting(7));
    }
}
