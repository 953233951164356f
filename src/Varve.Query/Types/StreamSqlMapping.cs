using Varve.Arrow;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Types;

/// <summary>
/// The SQL types of a stream's columns. Every stream also has <c>_offset</c> (BIGINT) and <c>_time</c> (TIMESTAMP WITH TIME ZONE), last.
/// </summary>
public static class StreamSqlMapping
{
    /// <summary>One entry per column of the schema, in its order.</summary>
    public static IReadOnlyList<SqlColumn> Describe(Schema schema)
    {
        var budget = new ArrayBudget();
        return [.. schema.Fields.Select(f => new SqlColumn(f, ColumnLoaders.TryCreate(f.Type, budget, out string? problem)?.SqlName, problem))];
    }
}
