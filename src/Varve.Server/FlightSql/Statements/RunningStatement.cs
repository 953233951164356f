using Google.Protobuf;

namespace Varve.Server.FlightSql.Statements;

/// <summary>
/// One execution. Its token fires when the client is gone, and when another call cancels it. Any thread; disposed once, by its call.
/// </summary>
internal sealed class RunningStatement : IDisposable
{
    private readonly RunningStatements _all;
    private readonly CancellationTokenSource _source;
    private readonly Lock _lock = new();
    private bool _hasEnded;

    internal RunningStatement(RunningStatements all, ByteString id, CancellationToken cancelled)
    {
        _all = all;
        Id = id;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        Token = _source.Token;
    }

    public ByteString Id { get; }

    public CancellationToken Token { get; }

    /// <summary>True where another call asked for the end, not the caller itself.</summary>
    public bool IsCancelledByRequest { get; private set; }

    public void Dispose()
    {
        _all.End(this);
        lock (_lock)
        {
            _hasEnded = true;
            if (!IsCancelledByRequest)
                _source.Dispose();
        }
    }

    /// <summary>Callbacks of the token run on other threads: none of them can hold up, or be held up by, whoever cancels.</summary>
    internal void Cancel()
    {
        lock (_lock)
        {
            if (_hasEnded || IsCancelledByRequest)
                return;
            IsCancelledByRequest = true;
            _ = _source.CancelAsync();
        }
    }
}
