using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Values;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Query.Updates;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.FlightSql.Updates;
using Varve.Server.Security;

namespace Varve.Server.FlightSql.Statements;

/// <summary>Prepares statements, binds values to them and closes them. Any thread.</summary>
internal sealed class PreparedCalls(QueryEngine queries, UpdateService updates, PreparedStatements prepared)
{
    /// <summary>
    /// The result's schema is left out for a statement that changes something: that is how a client knows to run it as an update.
    /// </summary>
    public async Task<ActionCreatePreparedStatementResult> PrepareAsync(ActionCreatePreparedStatementRequest request, ServerCall call)
    {
        Transactions.Refuse(request.TransactionId);
        (Schema parameters, Schema? dataset) = await DescribeAsync(request.Query, call.Cancelled);
        Schema? placeholders = parameters.Fields.Count > 0 ? parameters : null;
        var result = new ActionCreatePreparedStatementResult
        {
            PreparedStatementHandle = prepared.Add(OwnerOf(call), request.Query, placeholders).Handle,
        };
        if (dataset is not null)
            result.DatasetSchema = Encode(dataset);
        if (placeholders is not null)
            result.ParameterSchema = Encode(placeholders);
        return result;
    }

    /// <summary>Values for a statement's parameters; null: none.</summary>
    public void Bind(PreparedStatement statement, RecordBatch? values) =>
        prepared.Bind(statement, values, values is null ? 0 : ArraySize.Bytes(values));

    /// <summary>Closing what is closed or expired already is no error.</summary>
    public void Close(ByteString handle) => prepared.Remove(handle);

    /// <exception cref="Rpc.RpcException">HANDLE_NOT_FOUND.</exception>
    public PreparedStatement Find(ByteString handle) => prepared.Find(handle)
        ?? throw ErrorMapper.Create(ErrorCode.HandleNotFound,
            "there is no such prepared statement: it was closed, was not used for an hour, or made room for newer ones; prepare it again");

    private async Task<(Schema Parameters, Schema? Dataset)> DescribeAsync(string sql, CancellationToken cancelled)
    {
        if (UpdateParser.Parse(sql) is { } update)
            return (await updates.PrepareAsync(update, cancelled), null);
        PreparedQuery query = await queries.PrepareAsync(sql, cancelled);
        return (query.ParameterSchema, query.ResultSchema);
    }

    /// <summary>Whose limit a prepared statement counts against: a token's holder, at one address.</summary>
    private static string OwnerOf(ServerCall call) => $"{(call.User as Caller)?.Name} {call.Http.Connection.RemoteIpAddress}";

    private static ByteString Encode(Schema schema) => UnsafeByteOperations.UnsafeWrap(SchemaMessage.EncodeEncapsulated(schema));
}
