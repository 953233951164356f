using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Server.Errors;

namespace Varve.Server.FlightSql.Statements;

/// <summary>What is to be run: a text, and what was bound to its placeholders when it was asked for. Immutable.</summary>
internal sealed record Execution(string Sql, RecordBatch? Bound)
{
    /// <summary>One execution per row that was bound; one without parameters where nothing was.</summary>
    public IEnumerable<QueryParameters?> Parameters()
    {
        if (Bound is null)
            yield return null;
        for (int row = 0; row < Bound?.RowCount; row++)
            yield return new QueryParameters(Bound, row);
    }

    /// <exception cref="Rpc.RpcException">The statement has placeholders and nothing is bound to them.</exception>
    public void RequireParameters(Schema placeholders)
    {
        if (Bound is not null || placeholders.Fields.Count == 0)
            return;
        string names = string.Join(", ", placeholders.Fields.Select(f => f.Name));
        throw ErrorMapper.Create(ErrorCode.SqlInvalid,
            $"the statement has {placeholders.Fields.Count} parameters ({names}) and no values are bound to them: "
            + "prepare it with CreatePreparedStatement and bind a batch with DoPut of CommandPreparedStatementQuery");
    }
}
