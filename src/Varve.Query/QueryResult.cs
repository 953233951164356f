using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Query.Sessions;
using Varve.Storage;

namespace Varve.Query;

/// <summary>
/// The rows of a statement, produced as they are read: one batch is made ahead, and no more, so a slow reader slows the statement down
/// instead of filling memory. Dispose it, also after reading to the end. For one reader; dispose may come at any time.
/// </summary>
public sealed class QueryResult : IAsyncDisposable
{
    private readonly QueryEngine _engine;
    private readonly StatementRun _run;
    private readonly StatementLimit _limit;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _lock = new();
    private RecordBatch? _first;
    private Task<RecordBatch?>? _ahead;
    private bool _isReading;
    private int _disposed;

    internal QueryResult(QueryEngine engine, StatementRun run, StatementLimit limit, LogPosition position, RecordBatch? first)
    {
        _engine = engine;
        _run = run;
        _limit = limit;
        _first = first;
        Schema = run.Schema;
        Position = position;
    }

    public Schema Schema { get; }

    /// <summary>
    /// The statement saw exactly the rows at or below this position: a reader that goes on from there misses none and sees none twice. Where it was asked
    /// for a time or an offset of the past, it saw those rows of that position that were there then.
    /// </summary>
    public LogPosition Position { get; }

    /// <summary>What its scans read and left out so far.</summary>
    public ScanStatistics Scan => _run.Scan;

    /// <summary>
    /// The batches, of about 1 MiB; the first one is small so that it comes early. None where there are no rows. Can be called once.
    /// </summary>
    /// <exception cref="QueryException">The statement failed, or took too long.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerable<RecordBatch> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_isReading)
            throw new InvalidOperationException("a result can be read once");
        _isReading = true;
        for (RecordBatch? batch = Interlocked.Exchange(ref _first, null); batch is not null; batch = await _ahead!.ConfigureAwait(false))
        {
            ReadAhead(cancellationToken);
            yield return batch;
        }
    }

    /// <summary>Stops the statement where it still runs, and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _disposing.CancelAsync().ConfigureAwait(false);
        Task? ahead;
        lock (_lock)
            ahead = _ahead;
        if (ahead is not null)
            await ahead.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _engine.EndAsync(_run).ConfigureAwait(false);
        _disposing.Dispose();
    }

    private void ReadAhead(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            _ahead = ReadAsync(cancellationToken);
        }
    }

    private async Task<RecordBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            return await _limit.RunAsync(_run.Next, _run.Stop, isNew: false, any.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new QueryException(QueryErrorCode.Cancelled, "the result was disposed while it was read");
        }
    }
}
