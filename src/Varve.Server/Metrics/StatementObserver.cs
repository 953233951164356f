using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Varve.Server.Metrics;

/// <summary>Counts and times the SQL statements that clients run, as the meter Varve.Query, and logs the slow ones. Any thread.</summary>
internal sealed class StatementObserver : IDisposable
{
    public const string MeterName = "Varve.Query";

    /// <summary>Of a statement's text, in the log.</summary>
    private const int LoggedCharacters = 1000;

    private readonly Meter _meter;
    private readonly Histogram<double> _seconds;
    private readonly Counter<long> _rows;
    private readonly TimeSpan _slowAfter;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private long _activeCount;

    /// <param name="daemon">The scope of the meter.</param>
    /// <param name="slowAfter">Statements that take longer are logged.</param>
    /// <param name="log">For slow ones.</param>
    /// <param name="time">Measures.</param>
    public StatementObserver(object daemon, TimeSpan slowAfter, ILogger log, TimeProvider time)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Version = ProductInfo.Version, Scope = daemon });
        _slowAfter = slowAfter;
        _log = log;
        _time = time;
        _seconds = _meter.CreateHistogram<double>("varve.query.duration", "s", "Statements by outcome, from their start to their last row.");
        _rows = _meter.CreateCounter<long>("varve.query.rows", "{row}", "Rows that statements gave.");
        _meter.CreateObservableGauge("varve.query.active", () => ActiveCount, "{statement}", "Statements under way.");
    }

    public long ActiveCount => Interlocked.Read(ref _activeCount);

    /// <summary>Begins to watch a statement; dispose the watch when its last row is sent or it failed.</summary>
    /// <param name="sql">Its text.</param>
    /// <param name="caller">Who runs it, for the log.</param>
    public StatementWatch Watch(string sql, string caller)
    {
        Interlocked.Increment(ref _activeCount);
        return new StatementWatch(this, sql, caller, _time.GetTimestamp());
    }

    public void Dispose() => _meter.Dispose();

    internal void Ended(StatementWatch watch)
    {
        Interlocked.Decrement(ref _activeCount);
        TimeSpan elapsed = _time.GetElapsedTime(watch.StartedAt);
        _rows.Add(watch.RowCount);
        _seconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", watch.Outcome));
        if (elapsed < _slowAfter)
            return;
        string sql = watch.Sql.Length <= LoggedCharacters ? watch.Sql : watch.Sql[..LoggedCharacters] + "...";
        _log.LogWarning("slow statement of {Caller}: {ElapsedMs} ms, {RowCount} rows, {Outcome}: {Sql}",
            watch.Caller, (long)elapsed.TotalMilliseconds, watch.RowCount, watch.Outcome, sql);
    }
}
