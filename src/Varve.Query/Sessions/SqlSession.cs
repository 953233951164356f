using Varve.Query.Native;

namespace Varve.Query.Sessions;

/// <summary>
/// A connection that runs one statement after the other. Statements cannot change a session, so sessions are reused. One thread at a time.
/// </summary>
internal sealed class SqlSession : IDisposable
{
    private DuckDbStatement? _planReader;

    public SqlSession(DuckDbConnection connection)
    {
        Connection = connection;
        connection.Execute($"USE {SqlDatabase.Catalog}.{SqlDatabase.Schema}");
    }

    public DuckDbConnection Connection { get; }

    /// <summary>Gives the optimized plan of the statement that is its parameter as JSON; prepared once per session.</summary>
    public DuckDbStatement PlanReader =>
        _planReader ??= Connection.Prepare("SELECT json_serialize_plan($1::VARCHAR, optimize := true, skip_null := true)");

    public void Dispose()
    {
        _planReader?.Dispose();
        Connection.Dispose();
    }
}
