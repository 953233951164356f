namespace Varve.Server.Metrics;

/// <summary>One statement under way, as <see cref="StatementObserver"/> sees it. For one thread at a time; disposed once.</summary>
internal sealed class StatementWatch(StatementObserver observer, string sql, string caller, long startedAt) : IDisposable
{
    private const string Unfinished = "cancelled";

    public string Sql { get; } = sql;

    public string Caller { get; } = caller;

    public long StartedAt { get; } = startedAt;

    public long RowCount { get; private set; }

    /// <summary>What became of it: "ok", the error's code, or "cancelled" where nobody said.</summary>
    public string Outcome { get; private set; } = Unfinished;

    public void Gave(int rowCount) => RowCount += rowCount;

    public void Succeeded() => Outcome = "ok";

    /// <param name="code">The error's code by name: a label, so of a bounded set.</param>
    public void Failed(string code) => Outcome = code;

    public void Dispose() => observer.Ended(this);
}
