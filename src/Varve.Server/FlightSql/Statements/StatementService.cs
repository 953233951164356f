using System.Security.Cryptography;
using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Values;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.Flight;
using Varve.Server.Metrics;
using Varve.Server.Security;
using Any = Google.Protobuf.WellKnownTypes.Any;

namespace Varve.Server.FlightSql.Statements;

/// <summary>Plans, runs, prepares and cancels statements. Any thread.</summary>
internal sealed class StatementService(QueryEngine queries, PreparedStatements prepared, RunningStatements running, StatementObserver observer)
{
    private const int QueryIdBytes = 16;

    /// <summary>What a statement will give, under a new id for its execution. It is planned, not run.</summary>
    public async Task<FlightPlan> PlanAsync(StatementTicket statement, CancellationToken cancelled)
    {
        Execution execution = Resolve(statement);
        PreparedQuery query = await queries.PrepareAsync(execution.Sql, cancelled);
        execution.RequireParameters(query.ParameterSchema);
        Schema schema = query.ResultSchema ?? await RunForSchemaAsync(execution, cancelled);
        StatementTicket ticket = statement.Clone();
        ticket.QueryId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(QueryIdBytes));
        return new FlightPlan(schema, FlightMessages.StatementTicket(ticket), RowCount: null, IsOrdered: false);
    }

    /// <summary>
    /// Runs a statement, once for each row of its parameters, and sends the rows as they come. Ends with the call, or when it is cancelled by its id.
    /// </summary>
    public async Task SendAsync(StatementTicket statement, ServerCall call)
    {
        Execution execution = Resolve(statement);
        using StatementWatch watch = observer.Watch(execution.Sql, $"{(call.User as Caller)?.Name} at {call.Peer}");
        using RunningStatement run = running.Start(statement.QueryId, call.Cancelled);
        try
        {
            await SendAsync(execution, new FlightSender(call), watch, run.Token);
            watch.Succeeded();
        }
        catch (Exception e) when (run.IsCancelledByRequest && e is OperationCanceledException or QueryException { Code: QueryErrorCode.Cancelled })
        {
            throw ErrorMapper.Create(ErrorCode.SqlCancelled, "the query was cancelled by a call to CancelFlightInfo or CancelQuery", inner: e);
        }
        catch (Exception e) when (ErrorMapper.Map(e) is { } failure)
        {
            watch.Failed(failure.FindDetail<ErrorDetail>()?.Code.ToString() ?? failure.Code.ToString());
            throw failure;
        }
    }

    public async Task<ActionCreatePreparedStatementResult> PrepareAsync(ActionCreatePreparedStatementRequest request, ServerCall call)
    {
        Transactions.Refuse(request.TransactionId);
        PreparedQuery query = await queries.PrepareAsync(request.Query, call.Cancelled);
        bool hasParameters = query.ParameterSchema.Fields.Count > 0;
        PreparedStatement statement = prepared.Add(OwnerOf(call), request.Query, hasParameters ? query.ParameterSchema : null);
        var result = new ActionCreatePreparedStatementResult { PreparedStatementHandle = statement.Handle };
        if (query.ResultSchema is { } schema)
            result.DatasetSchema = Encode(schema);
        if (hasParameters)
            result.ParameterSchema = Encode(query.ParameterSchema);
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

    /// <summary>Ends the execution of a FlightInfo's ticket. False where it is not under way.</summary>
    public bool Cancel(FlightInfo info)
    {
        bool any = false;
        foreach (FlightEndpoint endpoint in info.Endpoint)
        {
            if (endpoint.Ticket is { } ticket && QueryIdOf(ticket) is { } id)
                any |= running.Cancel(id);
        }

        return any;
    }

    private static ByteString? QueryIdOf(Ticket ticket)
    {
        if (!AnyMessage.TryParse(ticket.Ticket_, out Any? any) || !any.Is(TicketStatementQuery.Descriptor))
            return null;
        return Command.Parse<StatementTicket>(Command.Unpack<TicketStatementQuery>(any).StatementHandle).QueryId;
    }

    /// <summary>Whose limit a prepared statement counts against: a token's holder, at one address.</summary>
    private static string OwnerOf(ServerCall call) => $"{(call.User as Caller)?.Name} {call.Http.Connection.RemoteIpAddress}";

    private static ByteString Encode(Schema schema) => UnsafeByteOperations.UnsafeWrap(SchemaMessage.EncodeEncapsulated(schema));

    private Execution Resolve(StatementTicket statement)
    {
        switch (statement.StatementCase)
        {
            case StatementTicket.StatementOneofCase.Sql:
                return new Execution(statement.Sql, null);
            case StatementTicket.StatementOneofCase.PreparedHandle:
                PreparedStatement found = Find(statement.PreparedHandle);
                return new Execution(found.Sql, found.Bound);
            default:
                throw ErrorMapper.InvalidRequest("the statement ticket holds no statement");
        }
    }

    private async Task SendAsync(Execution execution, FlightSender sender, StatementWatch watch, CancellationToken cancelled)
    {
        bool isFirst = true;
        foreach (QueryParameters? parameters in execution.Parameters())
        {
            await using QueryResult result = await queries.ExecuteAsync(execution.Sql, parameters, cancellationToken: cancelled);
            if (isFirst)
                await sender.SendAsync(result.Schema);
            isFirst = false;
            await foreach (RecordBatch rows in result.ReadAllAsync(cancelled))
            {
                await sender.SendAsync(rows);
                watch.Gave(rows.RowCount);
            }
        }
    }

    /// <summary>Columns whose types depend on those of the parameters are known only once it runs.</summary>
    private async Task<Schema> RunForSchemaAsync(Execution execution, CancellationToken cancelled)
    {
        await using QueryResult result = await queries.ExecuteAsync(execution.Sql, execution.Parameters().First(), cancellationToken: cancelled);
        return result.Schema;
    }
}
