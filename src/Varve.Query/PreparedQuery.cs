using Varve.Arrow;

namespace Varve.Query;

/// <summary>
/// A statement that was checked and bound once. Holds its text and what was found out, no connection: it costs nothing to keep, and any
/// number of executions may run at the same time, each of which binds anew. Immutable.
/// </summary>
public sealed class PreparedQuery
{
    private readonly QueryEngine _engine;

    internal PreparedQuery(QueryEngine engine, string sql, StatementKind kind, Schema parameterSchema, Schema? resultSchema)
    {
        _engine = engine;
        Sql = sql;
        Kind = kind;
        ParameterSchema = parameterSchema;
        ResultSchema = resultSchema;
    }

    public string Sql { get; }

    public StatementKind Kind { get; }

    /// <summary>
    /// One field per placeholder, named like it (<c>$1</c>, <c>$name</c>); of Arrow's null type where the statement does not tell the type.
    /// </summary>
    public Schema ParameterSchema { get; }

    /// <summary>
    /// The columns of the result; null where they depend on the type of a parameter that the statement does not tell (a cast would).
    /// </summary>
    public Schema? ResultSchema { get; }

    /// <inheritdoc cref="QueryEngine.ExecuteAsync"/>
    public Task<QueryResult> ExecuteAsync(
        QueryParameters? parameters = null, QuerySettings? settings = null, CancellationToken cancellationToken = default) =>
        _engine.ExecuteAsync(Sql, parameters, settings, cancellationToken);
}
