using Google.Protobuf;
using Varve.Arrow;

namespace Varve.Server.FlightSql.Statements;

/// <summary>
/// A statement that a client prepared: its text, and what is bound to its parameters. Nothing of the SQL engine is held, so a statement that is never
/// closed (some clients never do) costs its text. The text is planned anew for each execution, which also sees columns that were added since. Any
/// thread.
/// </summary>
internal sealed class PreparedStatement(ByteString handle, string owner, string sql, Schema? parameterSchema)
{
    private volatile RecordBatch? _bound;

    public ByteString Handle { get; } = handle;

    /// <summary>Whose limit it counts against.</summary>
    public string Owner { get; } = owner;

    public string Sql { get; } = sql;

    /// <summary>One field per placeholder, named like it; null where there are none.</summary>
    public Schema? ParameterSchema { get; } = parameterSchema;

    /// <summary>
    /// The parameters' values, one row per execution; null where nothing is bound. Set by <see cref="PreparedStatements"/>. Its memory is its own.
    /// </summary>
    public RecordBatch? Bound
    {
        get => _bound;
        internal set => _bound = value;
    }

    /// <summary>When it was last asked for, and what it takes; kept by <see cref="PreparedStatements"/> under its lock.</summary>
    internal DateTimeOffset LastUsed { get; set; }

    /// <summary>Of the text and of what is bound, about.</summary>
    internal long SizeBytes { get; set; } = sql.Length * sizeof(char);
}
