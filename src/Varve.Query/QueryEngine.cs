using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Results;
using Varve.Query.Scan;
using Varve.Query.Sessions;
using Varve.Storage;

namespace Varve.Query;

/// <summary>
/// SQL over the streams of a storage engine, by DuckDB in process. Each stream is a table of catalog <c>varve</c>, schema <c>main</c>; a
/// statement sees every row that was visible when it began, in all places that mention the stream the same rows. Statements only read: no files, no
/// network, no settings. Row order is promised by ORDER BY alone. Thread-safe.
/// </summary>
public sealed class QueryEngine : IDisposable
{
    /// <summary>Threads for what is quick and should not wait behind long statements: preparing and ending.</summary>
    private const int PlanningThreadCount = 2;

    private readonly StorageEngine _storage;
    private readonly Func<string, StreamView> _openView;
    private readonly bool _ownsViews;
    private readonly QueryMeter _meter = new();
    private readonly BufferPool _buffers;
    private readonly HeapTrim _trim;
    private readonly QueryOptions _options;
    private readonly StatementThreads _planning;
    private readonly StatementThreads _running;
    private readonly RunningStatements _active = new();
    private readonly ReservedDatabase _reserve;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private volatile SqlDatabase _database;
    private int _openCount;
    private int _disposed;

    /// <summary>The version of DuckDB that this engine is built on, such as "v1.5.6".</summary>
    public static string SqlEngineVersion => DuckDbLibrary.Version;

    /// <exception cref="QueryException">DuckDB's library is missing, is another version, or does not take a setting.</exception>
    public QueryEngine(StorageEngine storage, QueryOptions? options = null)
        : this(storage, options, storage.OpenView) =>
        _ownsViews = true;

    /// <param name="storage">Whose streams are the tables.</param>
    /// <param name="options">Limits.</param>
    /// <param name="openView">Gives the rows of a stream.</param>
    internal QueryEngine(StorageEngine storage, QueryOptions? options, Func<string, StreamView> openView)
    {
        _storage = storage;
        _openView = openView;
        _options = options ?? new QueryOptions();
        _buffers = new BufferPool(2 * _options.ThreadCount);
        _trim = new HeapTrim(_options.Time);
        _database = new SqlDatabase(ReservedDatabase.SharedPart(_options), storage);
        _reserve = new ReservedDatabase(_options, storage);
        FilterTurns = new SemaphoreSlim(_options.ConcurrentStatementCount);
        _planning = new StatementThreads("varve-plan", PlanningThreadCount, _options.WaitingStatementCountMax);
        _running = new StatementThreads("varve-query", _options.ConcurrentStatementCount, _options.WaitingStatementCountMax);
    }

    /// <summary>A statement that begins now sees every row at or below this position.</summary>
    public LogPosition VisibleUpTo => _storage.VisibleUpTo;

    /// <summary>Checks and binds a statement without running it.</summary>
    /// <exception cref="QueryException">The statement is not SQL, does not fit the streams, or is not allowed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<PreparedQuery> PrepareAsync(string sql, CancellationToken cancellationToken = default)
    {
        var limit = new StatementLimit(_planning, _active, _options, _options.StatementTimeout, _closing.Token);
        var run = new StatementRun(UsableDatabase(), NewScope(_openView), _meter, sql);
        return await limit.RunAsync(Describe, run.Stop, isNew: true, cancellationToken).ConfigureAwait(false);

        PreparedQuery Describe()
        {
            using (run)
                return this.Describe(sql, run.Prepare());
        }
    }

    /// <summary>Runs a statement up to its first rows; the others are produced as they are read. The caller disposes the result.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="parameters">Values for its placeholders.</param>
    /// <param name="settings">Limits of this execution.</param>
    /// <param name="cancellationToken">Ends the wait for the first rows; reading has its own.</param>
    /// <exception cref="QueryException">The statement failed; the code says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<QueryResult> ExecuteAsync(
        string sql, QueryParameters? parameters = null, QuerySettings? settings = null, CancellationToken cancellationToken = default)
    {
        settings ??= QuerySettings.Default;
        if (settings.AsOf is AsOf.AtTime)
            await _storage.SettleTimeAsync(cancellationToken).ConfigureAwait(false);
        if (settings.AsOf is AsOf.AtPosition at)
            await _storage.WaitForPositionAsync(at.Position, cancellationToken).ConfigureAwait(false);
        var limit = new StatementLimit(_running, _active, _options, Shorter(settings.Timeout, _options.StatementTimeout), _closing.Token);
        LogPosition position = _storage.VisibleUpTo;
        try
        {
            return await StartAsync(UsableDatabase(), null).ConfigureAwait(false);
        }
        catch (QueryException e) when (e.Code == QueryErrorCode.OutOfMemory && !limit.LacksMemory)
        {
            // Others may hold the memory that it lacked. Where its turn does not come in time, that is the reason that stays.
            if (!await _reserve.TryEnterAsync(limit.Left, cancellationToken).ConfigureAwait(false))
                throw;
        }

        try
        {
            return await StartAsync(_reserve.Take(), _reserve).ConfigureAwait(false);
        }
        catch
        {
            _reserve.Leave();
            throw;
        }

        async Task<QueryResult> StartAsync(SqlDatabase database, ReservedDatabase? reserve)
        {
            var run = new StatementRun(database, ScopeOf(settings), _meter, sql) { Reserve = reserve };
            CountOpened(settings.IsLetIn);
            try
            {
                return await limit.RunAsync(() => OrEnd(run, () => Start(run)), run.Stop, !settings.IsLetIn, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                Interlocked.Decrement(ref _openCount);
                throw;
            }
        }

        QueryResult Start(StatementRun run)
        {
            run.Start(parameters, settings);
            RecordBatch? first = run.Next();
            return new QueryResult(this, run, limit, run.Position ?? position, first);
        }
    }

    /// <summary>
    /// For a process at its limit: ends the statement that has run longest with <see cref="QueryErrorCode.OutOfMemory"/>. SQL's engine does not count
    /// all that it takes. False where none is left to be ended.
    /// </summary>
    public bool EndOldestStatement() => _active.EndOldest();

    /// <summary>Stops what runs and closes the database. Results that are open end with an error at their next read.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _closing.Cancel();
        _running.Dispose();
        _planning.Dispose();
        _database.Dispose();
        _reserve.Dispose();
        _meter.Dispose();
        FilterTurns.Dispose();
        _trim.Dispose();
        _closing.Dispose();
    }

    /// <summary>Where statements that lacked memory are run again.</summary>
    internal ReservedDatabase Reserve => _reserve;

    /// <summary>How many readers with a filter may look at the same time.</summary>
    internal SemaphoreSlim FilterTurns { get; }

    /// <summary>A stream as a statement that begins now would see it.</summary>
    internal StreamView OpenView(string stream) => _openView(stream);

    /// <summary>What answers statements now; another takes its place after a fatal error.</summary>
    internal SqlDatabase Database => _database;

    /// <summary>Ends a statement, on a thread that may block.</summary>
    internal async Task EndAsync(StatementRun run)
    {
        Interlocked.Decrement(ref _openCount);
        try
        {
            await _planning.RunAsync(() => End(run), isNew: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (QueryException) when (_disposed != 0)
        {
            // The threads are gone with the engine.
            End(run);
        }

        run.Reserve?.Leave();
    }

    private StatementScope ScopeOf(QuerySettings settings)
    {
        if (settings.OpenView is { } given)
            return NewScope(given);
        if (settings.AsOf is { } moment)
            return NewScope(stream => _storage.OpenView(stream, moment));

        // Tests give rows of their own; those of the storage engine can be had of one moment.
        return NewScope(_openView, _ownsViews ? _storage.OpenViews : null);
    }

    private StatementScope NewScope(Func<string, StreamView> openView, Func<IReadOnlyList<string>, IReadOnlyList<StreamView>>? openViews = null) =>
        new(openView, _buffers, openViews) { ReusesDictionaries = _options.ReuseDictionaries };

    private bool End(StatementRun run)
    {
        run.Dispose();
        _trim.Note();
        return true;
    }

    private static TimeSpan? Shorter(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private PreparedQuery Describe(string sql, DuckDbStatement statement) => new(
        this,
        sql,
        statement.Type == DuckDbStatementType.Explain ? StatementKind.Explain : StatementKind.Query,
        PreparedSchemas.Parameters(statement),
        PreparedSchemas.Result(statement));

    private void CountOpened(bool isLetIn)
    {
        if (Interlocked.Increment(ref _openCount) <= _options.OpenResultCountMax || isLetIn)
            return;
        Interlocked.Decrement(ref _openCount);
        throw new QueryException(
            QueryErrorCode.Busy, $"{_options.OpenResultCountMax} results are open already; read them to their end or close them");
    }

    /// <summary>Ends a statement that fails; one that succeeds goes on.</summary>
    private T OrEnd<T>(StatementRun run, Func<T> work)
    {
        try
        {
            return work();
        }
        catch
        {
            End(run);
            throw;
        }
    }

    /// <summary>
    /// The database, or a new one in the place of one that refuses all work after a fatal error. Nothing is lost: it holds views alone.
    /// </summary>
    private SqlDatabase UsableDatabase()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        SqlDatabase database = _database;
        if (!database.IsBroken)
            return database;
        lock (_lock)
        {
            if (_database.IsBroken)
            {
                SqlDatabase broken = _database;
                _database = new SqlDatabase(ReservedDatabase.SharedPart(_options), _storage);
                broken.Dispose();
            }

            return _database;
        }
    }
}
