using Microsoft.Extensions.Logging;
using Varve.Protocol.V1;
using Varve.Server.Metrics;

namespace Varve.Server.Tests.Metrics;

public sealed class SlowWorkTests
{
    [Fact]
    public async Task A_slow_append_is_logged_with_its_stream_and_a_quick_one_is_not()
    {
        await using RunningServer slow = await RunningServer.StartAsync(o => o.Append.SlowAfter = TimeSpan.Zero);
        StreamDescription stream = await slow.CreateAsync("a int64");
        await slow.AppendJsonAsync(stream.Name, "{\"a\":1}{\"a\":2}");
        Assert.Contains(slow.Log.Entries, e => e.Level == LogLevel.Warning
            && e.Message.StartsWith($"slow append: 2 rows to stream {stream.Name} from 127.0.0.1:", StringComparison.Ordinal));

        await using RunningServer patient = await RunningServer.StartAsync(o => o.Append.SlowAfter = TimeSpan.FromHours(1));
        await patient.AppendJsonAsync((await patient.CreateAsync("a int64")).Name, "{\"a\":1}");
        Assert.DoesNotContain(patient.Log.Entries, e => e.Message.StartsWith("slow", StringComparison.Ordinal));
    }

    [Fact]
    public void A_slow_statement_is_logged_with_its_text_cut()
    {
        using var log = new LogCapture();
        using var observer = new StatementObserver(this, TimeSpan.Zero, log.CreateLogger("sql"), TimeProvider.System);
        using (StatementWatch watch = observer.Watch("select " + new string('x', 5000), "reporting"))
        {
            Assert.Equal(1, observer.ActiveCount);
            watch.Gave(3);
            watch.Failed("SqlTimeout");
        }

        Assert.Equal(0, observer.ActiveCount);
        (LogLevel level, _, string message, _) = Assert.Single(log.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("slow statement of reporting", message, StringComparison.Ordinal);
        Assert.Contains("3 rows, SqlTimeout: select xxx", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1000, 1200);
    }
}
