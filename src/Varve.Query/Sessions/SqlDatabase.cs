using System.Collections.Concurrent;
using Varve.Query.Native;
using Varve.Query.Rules;
using Varve.Query.Scan;
using Varve.Storage;

namespace Varve.Query.Sessions;

/// <summary>
/// The one database instance that answers statements: in memory, with nothing in it but views of streams, and locked so that SQL reaches
/// no file, no network and no setting. Keeps idle sessions for the next statement. Thread-safe.
/// </summary>
internal sealed class SqlDatabase : IDisposable
{
    /// <summary>The catalog that clients see.</summary>
    public const string Catalog = "varve";

    /// <summary>The schema that clients see; all streams are in it.</summary>
    public const string Schema = "main";

    /// <summary>Sessions kept for later; a burst of statements may use more.</summary>
    private const int IdleCountMax = 64;

    private readonly DuckDbDatabase _database;
    private readonly ConcurrentBag<SqlSession> _idle = [];
    private int _idleCount;
    private volatile bool _isClosed;

    public SqlDatabase(QueryOptions options, StorageEngine storage)
    {
        Views = new StreamViews(this, storage);
        _database = new DuckDbDatabase(Settings(options));
        try
        {
            using DuckDbConnection connection = _database.Connect();

            // A catalog of our own name. The one that DuckDB opened with is named memory, and nothing should be found in two places.
            connection.Execute($"ATTACH ':memory:' AS {Catalog}; USE {Catalog}; DETACH memory");
            Functions.Register(connection);
            var functions = FunctionRules.Load(connection);
            Rules = new StatementRules(options.StatementLengthMax, functions);
            connection.Execute("SET GLOBAL TimeZone = 'UTC'; SET enable_external_access = false; SET lock_configuration = true");
        }
        catch
        {
            _database.Dispose();
            throw;
        }
    }

    public StreamScanFunction Functions { get; } = new();

    public StatementRules Rules { get; }

    public StreamViews Views { get; }

    /// <summary>Set after an error that makes the instance refuse all further work; a new one takes its place.</summary>
    public bool IsBroken { get; set; }

    /// <summary>A session for one statement; give it back with <see cref="Return"/>.</summary>
    public SqlSession Rent()
    {
        if (!_idle.TryTake(out SqlSession? session))
            return new SqlSession(_database.Connect());
        Interlocked.Decrement(ref _idleCount);
        return session;
    }

    /// <summary>Takes back a session whose statement ended with a rollback; a session that may be in any other state is disposed instead.</summary>
    public void Return(SqlSession session)
    {
        if (Interlocked.Increment(ref _idleCount) > IdleCountMax)
        {
            Interlocked.Decrement(ref _idleCount);
            session.Dispose();
            return;
        }

        _idle.Add(session);
        if (_isClosed)
            CloseIdle();
    }

    /// <summary>Sessions that are out stay usable until they come back.</summary>
    public void Dispose()
    {
        _isClosed = true;
        CloseIdle();
        _database.Dispose();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out SqlSession? session))
            session.Dispose();
    }

    private static IEnumerable<(string Name, string Value)> Settings(QueryOptions options) =>
    [
        ("threads", options.ThreadCount.ToString()),
        ("memory_limit", $"{options.MemoryLimitBytes}B"),

        // Spill files would hold rows as plain text.
        ("temp_directory", ""),

        // With it on, everything but aggregates over our scans would run on one thread. Order is promised by ORDER BY alone.
        ("preserve_insertion_order", "false"),

        // 1.5.6 fails with an internal error on "row_number() ... where rn <= n" over a filtered scan of a table function (gone in later versions).
        ("disabled_optimizers", "top_n_window_elimination"),

        // Gives memory back to the system soon after a large statement.
        ("allocator_background_threads", "true"),

        // Deeper nesting takes seconds to plan, and more stack than any thread has.
        ("max_expression_depth", "250"),
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
        ("allow_community_extensions", "false"),
        ("allow_persistent_secrets", "false"),

        // By default a path that tells of the machine, for anyone to read in the settings. Nothing is ever kept there.
        ("secret_directory", "none"),
    ];
}
