using Varve.Storage;

namespace Varve.Query.Sessions;

/// <summary>
/// Memory that no statement has until one ran out of what all share: it is then run again here, in a database instance of its own, one statement at a
/// time. DuckDB counts memory for the whole instance, so without this a small statement fails for what a large one holds. Thread-safe.
/// </summary>
internal sealed class ReservedDatabase(QueryOptions options, StorageEngine storage) : IDisposable
{
    /// <summary>The reserve's part of the memory of all statements.</summary>
    private const int Share = 4;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _closing = new();
    private SqlDatabase? _database;
    private int _useCount;

    /// <summary>What the statements share.</summary>
    public static QueryOptions SharedPart(QueryOptions all) => all with { MemoryLimitBytes = all.MemoryLimitBytes - (all.MemoryLimitBytes / Share) };

    /// <summary>How many statements got their turn.</summary>
    public int UseCount => Volatile.Read(ref _useCount);

    /// <summary>Waits for the turn, and no longer than that; false where it did not come, also because the engine is closed.</summary>
    public async Task<bool> TryEnterAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, cancellationToken);
        try
        {
            if (!await _turn.WaitAsync(wait, either.Token).ConfigureAwait(false))
                return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        Interlocked.Increment(ref _useCount);
        return true;
    }

    /// <summary>The instance, for whoever has the turn; made when it is needed for the first time, and again after a fatal error.</summary>
    public SqlDatabase Take()
    {
        if (_database is { IsBroken: true })
        {
            _database.Dispose();
            _database = null;
        }

        return _database ??= new SqlDatabase(options with { MemoryLimitBytes = options.MemoryLimitBytes / Share }, storage);
    }

    /// <summary>Gives the turn to the next one; nobody takes it once the engine is closed.</summary>
    public void Leave()
    {
        if (!_closing.IsCancellationRequested)
            _turn.Release();
    }

    public void Dispose()
    {
        _closing.Cancel();
        _database?.Dispose();
        _turn.Dispose();
    }
}
