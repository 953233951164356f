using Varve.Query.Native;
using Varve.Query.Scan;
using Varve.Query.Types;
using Varve.Storage;

namespace Varve.Query.Sessions;

/// <summary>
/// Keeps one view per stream in the database's catalog, so that streams are tables to SQL, information_schema included. Brought up to date
/// before each statement, which costs nothing while no stream or schema has changed. Thread-safe.
/// </summary>
internal sealed class StreamViews(SqlDatabase database, StorageEngine storage)
{
    private readonly Lock _lock = new();

    /// <summary>The streams whose views exist, by the name of the view.</summary>
    private readonly Dictionary<string, (long Id, long SchemaVersion)> _known = new(StringComparer.OrdinalIgnoreCase);

    private long _version = -1;

    public void BringUpToDate()
    {
        if (Interlocked.Read(ref _version) == storage.CatalogVersion)
            return;
        lock (_lock)
        {
            // Read first: what changes after it is brought in by the next statement.
            long version = storage.CatalogVersion;
            if (version == _version)
                return;
            Apply(storage.List());
            Interlocked.Exchange(ref _version, version);
        }
    }

    private void Apply(IReadOnlyList<StreamDescription> streams)
    {
        var wanted = streams.ToDictionary(s => s.Name, StringComparer.OrdinalIgnoreCase);
        string[] dropped = [.. _known.Keys.Where(name => !wanted.ContainsKey(name))];
        StreamDescription[] changed = [.. streams.Where(s => !_known.TryGetValue(s.Name, out var known) || known != (s.Id, s.SchemaVersion))];
        if (dropped.Length == 0 && changed.Length == 0)
            return;
        SqlSession session = database.Rent();
        DuckDbConnection connection = session.Connection;
        try
        {
            foreach (string name in dropped)
            {
                connection.Execute($"DROP VIEW IF EXISTS {SqlNames.Quote(name)}");
                _known.Remove(name);
            }

            foreach (StreamDescription stream in changed)
                Create(connection, stream);
        }
        finally
        {
            database.Return(session);
        }
    }

    private void Create(DuckDbConnection connection, StreamDescription stream)
    {
        var scope = new StatementScope(storage.OpenView, new BufferPool(0));
        database.Functions.Open(connection.Id, scope);
        try
        {
            connection.Execute(
                $"CREATE OR REPLACE VIEW {SqlNames.Quote(stream.Name)} AS "
                + $"SELECT * EXCLUDE ({SystemColumns.Any}) FROM {StreamScanFunction.Name}({SqlNames.Literal(stream.Name)})");
            _known[stream.Name] = (stream.Id, stream.SchemaVersion);
        }
        catch (QueryException) when (scope.Failure is StorageException { Code: StorageErrorCode.StreamNotFound })
        {
            // Dropped while the view was made. It may be there again by now, as another stream: the catalog's version has moved on, so the next
            // statement takes the rest up.
            connection.Execute($"DROP VIEW IF EXISTS {SqlNames.Quote(stream.Name)}");
            _known.Remove(stream.Name);
        }
        finally
        {
            database.Functions.Close(connection.Id);
        }
    }
}
