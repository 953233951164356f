using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Pruning;
using Varve.Query.Results;
using Varve.Query.Rules;
using Varve.Query.Scan;
using Varve.Storage;

namespace Varve.Query.Sessions;

/// <summary>
/// One statement on one session, from BEGIN to ROLLBACK. Its methods block and run on statement threads, one at a time;
/// <see cref="Stop"/> may come from any thread at any time.
/// </summary>
internal sealed class StatementRun(SqlDatabase database, StatementScope scope, QueryMeter meter, string sql) : IDisposable
{
    private readonly Queue<RecordBatch> _ready = [];
    private readonly Lock _lock = new();
    private SqlSession? _session;
    private bool _isInTransaction;
    private bool _isAtEnd;
    private string? _replacement;
    private IReadOnlyList<BoundParameter>? _bound;
    private DuckDbStatement? _statement;
    private DuckDbResult? _result;
    private ResultBatches? _batches;

    /// <summary>The columns of the result; after <see cref="Start"/>.</summary>
    public Schema Schema => (_batches ?? throw new InvalidOperationException("the statement was not started")).Schema;

    /// <summary>Whose turn it has; null: it shares the memory of all.</summary>
    public ReservedDatabase? Reserve { get; init; }

    /// <summary>That of the views it reads; null where it reads none.</summary>
    public LogPosition? Position => scope.Position;

    /// <summary>What its scans did so far.</summary>
    public ScanStatistics Scan => scope.Counts.Statistics;

    /// <summary>Begins the transaction, binds and plans. What the statement sees is settled from here on.</summary>
    public DuckDbStatement Prepare() => Guard(() =>
    {
        database.Views.BringUpToDate();
        SqlSession session = database.Rent();
        lock (_lock)
            _session = session;
        database.Functions.Open(session.Connection.Id, scope);
        database.Rules.CheckText(session.Connection, sql);

        // Read-only: there is nothing to change, and nothing shall be. Said before it is so: an interrupt may end BEGIN when the transaction has begun.
        _isInTransaction = true;
        session.Connection.Execute("BEGIN TRANSACTION READ ONLY");
        ThrowIfStopped();
        _statement = session.Connection.Prepare(sql);
        StatementRules.CheckKind(_statement.Type);
        return _statement;
    });

    /// <summary>Runs the statement up to its first rows.</summary>
    public void Start(QueryParameters? parameters, QuerySettings settings) => Guard(() =>
    {
        DuckDbStatement statement = Prepare();
        if (scope.Align())
            statement = Replace(sql);
        _bound = ParameterBinder.Match(statement, parameters);
        ParameterBinder.Bind(statement, _bound);
        if (settings.Prune && RowCount.Answer(sql, statement.ColumnName(0), scope) is { } answer)
            statement = Replace(answer);
        else if (settings.Prune)
            scope.Conditions = StatementConditions.Find(_session!, sql, scope, _bound);
        ThrowIfStopped();
        _result = statement.Execute();
        _batches = new ResultBatches(_result);
        return true;
    });

    /// <summary>The next batch, or null at the end.</summary>
    public RecordBatch? Next() => Guard(() =>
    {
        while (_ready.Count == 0 && !_isAtEnd && _batches is { } batches && _result is { } result)
        {
            ThrowIfStopped();
            using DataChunkHandle? chunk = result.Fetch();
            foreach (RecordBatch batch in chunk is null ? batches.TakeRest() : batches.Append(chunk))
                _ready.Enqueue(batch);
            _isAtEnd = chunk is null;
        }

        return _ready.TryDequeue(out RecordBatch? next) ? next : null;
    });

    /// <summary>Makes whatever runs now end with an error soon. From any thread.</summary>
    public void Stop()
    {
        scope.IsStopped = true;
        lock (_lock)
            _session?.Connection.Interrupt();
    }

    /// <summary>Ends the transaction and gives the session back.</summary>
    public void Dispose()
    {
        _result?.Dispose();
        _statement?.Dispose();
        SqlSession? session;
        lock (_lock)
        {
            // From here on no interrupt reaches the session, which soon runs another statement.
            session = _session;
            _session = null;
        }

        meter.Add(Scan);
        if (session is null)
            return;
        database.Functions.Close(session.Connection.Id);
        try
        {
            if (_isInTransaction)
                session.Connection.Execute("ROLLBACK");
            database.Return(session);
        }
        catch (QueryException)
        {
            // The connection is in no state to be used again; its failed statement has told why.
            session.Dispose();
        }
    }

    private DuckDbStatement Replace(string text)
    {
        _statement?.Dispose();
        _replacement = text;
        return _statement = _session!.Connection.Prepare(text);
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            ThrowIfStopped();
            return work();
        }
        catch (QueryException e)
        {
            database.IsBroken |= DuckDbErrors.IsFatal(e);
            if (scope.Failure is { } cause)
                throw Explain(e, cause);
            if (e.Code == QueryErrorCode.Cancelled && !scope.IsStopped && _bound is { } bound)
                throw FindReason(_session!.Connection, bound, e);
            throw;
        }
    }

    /// <summary>
    /// DuckDB interrupts the other threads of a statement that fails in one of them, and seldom whoever fetches is told of the interrupt, not of the
    /// reason. The statement runs again for nothing but that; what it reads is as it was.
    /// </summary>
    private QueryException FindReason(DuckDbConnection connection, IReadOnlyList<BoundParameter> bound, QueryException interrupted)
    {
        try
        {
            connection.Execute("ROLLBACK");
            connection.Execute("BEGIN TRANSACTION READ ONLY");
            using DuckDbStatement statement = connection.Prepare(_replacement ?? sql);
            ParameterBinder.Bind(statement, bound);
            using DuckDbResult result = statement.Execute();
            while (result.Fetch() is { } chunk)
            {
                chunk.Dispose();
                ThrowIfStopped();
            }

            return new QueryException(QueryErrorCode.Internal, "the statement failed, but not when it was run again to find out why", interrupted);
        }
        catch (QueryException reason)
        {
            return scope.Failure is { } cause ? Explain(reason, cause) : reason;
        }
    }

    /// <summary>A failure inside the scan says more than what DuckDB made of its text.</summary>
    private static QueryException Explain(QueryException error, Exception cause) => cause switch
    {
        QueryException query => new QueryException(query.Code, query.Message, query),
        StorageException { Code: StorageErrorCode.StreamNotFound } => new QueryException(QueryErrorCode.NotFound, cause.Message, cause),
        StorageException { Code: StorageErrorCode.OffsetOutOfRange } => new QueryException(QueryErrorCode.NotHeld, cause.Message, cause),
        StorageException => new QueryException(QueryErrorCode.Internal, cause.Message, cause),
        OutOfMemoryException => new QueryException(QueryErrorCode.OutOfMemory, "the process has no memory left to read the streams' rows", cause),
        _ => new QueryException(error.Code, error.Message, cause),
    };

    private void ThrowIfStopped()
    {
        if (scope.IsStopped)
            throw new QueryException(QueryErrorCode.Cancelled, "the statement was stopped");
    }
}
