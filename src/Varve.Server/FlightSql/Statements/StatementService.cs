using Varve.Arrow;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Query.Updates;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.Flight;
using Varve.Server.FlightSql.Sessions;
using Varve.Server.FlightSql.Updates;
using Varve.Server.Metrics;
using Varve.Server.Read;
using Varve.Server.Security;
using Varve.Storage;

namespace Varve.Server.FlightSql.Statements;

/// <summary>Plans, runs and cancels statements. Any thread.</summary>
internal sealed class StatementService(
    QueryEngine queries,
    UpdateService updates,
    PreparedCalls prepared,
    StatementTickets tickets,
    SessionCalls sessions,
    ReadPoints points,
    RunningStatements running,
    StatementObserver observer)
{
    /// <summary>
    /// What a statement will give, under a new id for its execution. A query is planned, not run. One that changes something is run at once, and the
    /// ticket tells what it changed: a ticket may be used twice, and that must not change things twice.
    /// </summary>
    public async Task<FlightPlan> PlanAsync(StatementTicket statement, ServerCall call)
    {
        Execution execution = Resolve(statement);
        if (UpdateParser.Parse(execution.Sql) is not { } update)
            return await PlanQueryAsync(execution, statement, call);
        long changed = await RunAsync(execution, update, statement, call);
        return Plan(UpdateResult.Schema, new StatementTicket { ChangedRows = changed });
    }

    /// <summary>The columns of what a statement will give; nothing is run.</summary>
    public Task<Schema> SchemaAsync(StatementTicket statement, ServerCall call)
    {
        Execution execution = Resolve(statement);
        return UpdateParser.Parse(execution.Sql) is null ? SchemaAsync(execution, call) : Task.FromResult(UpdateResult.Schema);
    }

    /// <summary>
    /// Runs a statement, once for each row of its parameters, and sends the rows as they come. Ends with the call, or when it is cancelled by its id.
    /// </summary>
    public async Task SendAsync(StatementTicket statement, ServerCall call)
    {
        tickets.RefuseExpired(statement);
        var sender = new FlightSender(call);
        if (statement.StatementCase == StatementTicket.StatementOneofCase.ChangedRows)
        {
            await SendAsync(statement.ChangedRows, sender, call);
            return;
        }

        Execution execution = Resolve(statement);
        if (UpdateParser.Parse(execution.Sql) is { } update)
            await SendAsync(await RunAsync(execution, update, statement, call), sender, call);
        else
            await WatchedAsync(execution, statement, call, (settings, watch, token) => SendAsync(execution, sender, call, settings, watch, token));
    }

    /// <summary>Runs a statement that changes something; how many rows it changed.</summary>
    /// <exception cref="Rpc.RpcException">It is a query, or Varve does not do what it asks.</exception>
    public async Task<long> UpdateAsync(Execution execution, ServerCall call)
    {
        if (UpdateParser.Parse(execution.Sql) is { } update)
            return await RunAsync(execution, update, new StatementTicket(), call);

        // Refuses by name what neither reads nor changes a stream.
        await queries.PrepareAsync(execution.Sql, call.Cancelled);
        throw ErrorMapper.InvalidRequest("the statement of an update gives rows: run it as a query (CommandStatementQuery)");
    }

    /// <summary>Ends the execution of a FlightInfo's ticket. False where it is not under way.</summary>
    public bool Cancel(FlightInfo info)
    {
        bool any = false;
        foreach (FlightEndpoint endpoint in info.Endpoint)
        {
            if (endpoint.Ticket is { } ticket && StatementTickets.Open(ticket) is { } statement)
                any |= running.Cancel(statement.QueryId);
        }

        return any;
    }

    /// <summary>With a position at which the change is visible: it was, before this is called.</summary>
    private async Task SendAsync(long changedRows, FlightSender sender, ServerCall call)
    {
        call.AddResponseHeader(ReadPoints.PositionKey, queries.VisibleUpTo.ToString());
        await sender.SendAsync(UpdateResult.Schema);
        await sender.SendAsync(UpdateResult.Of(changedRows));
    }

    private async Task<FlightPlan> PlanQueryAsync(Execution execution, StatementTicket statement, ServerCall call)
    {
        StatementTicket ticket = statement.Clone();
        ticket.ReadPoint = await ReachAsync(statement, call);
        LogPosition position = ticket.ReadPoint.AsOfCase == ReadPoint.AsOfOneofCase.Position
            ? new LogPosition(ticket.ReadPoint.Position)
            : queries.VisibleUpTo;
        return Plan(await SchemaAsync(execution, call), ticket) with { Position = position };
    }

    /// <summary>What the call, its ticket or its session wants to see, once that can be seen.</summary>
    private Task<ReadPoint> ReachAsync(StatementTicket statement, ServerCall call)
    {
        ReadPoint point = statement.ReadPoint?.Clone() ?? new ReadPoint();
        point.MinPosition = Math.Max(point.MinPosition, sessions.Of(call).MinPosition ?? 0);
        return points.ReachAsync(call, point);
    }

    private FlightPlan Plan(Schema schema, StatementTicket statement)
    {
        (Ticket ticket, DateTimeOffset expiresAt) = tickets.Make(statement);
        return new FlightPlan(schema, ticket, RowCount: null, IsOrdered: false, expiresAt);
    }

    private Execution Resolve(StatementTicket statement)
    {
        switch (statement.StatementCase)
        {
            case StatementTicket.StatementOneofCase.Sql:
                return new Execution(statement.Sql, null);
            case StatementTicket.StatementOneofCase.PreparedHandle:
                PreparedStatement found = prepared.Find(statement.PreparedHandle);
                return new Execution(found.Sql, found.Bound);
            default:
                throw ErrorMapper.InvalidRequest("the statement ticket holds no statement");
        }
    }

    /// <summary>Columns whose types depend on those of the parameters are known only once it runs.</summary>
    private async Task<Schema> SchemaAsync(Execution execution, ServerCall call)
    {
        PreparedQuery query = await queries.PrepareAsync(execution.Sql, call.Cancelled);
        execution.RequireParameters(query.ParameterSchema);
        if (query.ResultSchema is { } schema)
            return schema;
        await using QueryResult result = await queries.ExecuteAsync(
            execution.Sql, execution.Parameters().First(), SettingsOf(call, null), call.Cancelled);
        return result.Schema;
    }

    private async Task<long> RunAsync(Execution execution, UpdateStatement update, StatementTicket statement, ServerCall call)
    {
        long changed = 0;
        await WatchedAsync(execution, statement, call,
            async (settings, _, token) => changed = await updates.RunAsync(update, execution.Bound, settings, token));
        return changed;
    }

    private async Task SendAsync(
        Execution execution, FlightSender sender, ServerCall call, QuerySettings settings, StatementWatch watch, CancellationToken cancelled)
    {
        bool isFirst = true;
        foreach (QueryParameters? parameters in execution.Parameters())
        {
            await using QueryResult result = await queries.ExecuteAsync(execution.Sql, parameters, settings, cancelled);
            if (isFirst)
            {
                call.AddResponseHeader(ReadPoints.PositionKey, result.Position.ToString());
                await sender.SendAsync(result.Schema);

                // The executions for further parameters see the same rows, so that one position is true of the whole answer.
                settings = settings with { AsOf = settings.AsOf ?? new AsOf.AtPosition(result.Position) };
            }

            isFirst = false;
            await foreach (RecordBatch rows in result.ReadAllAsync(cancelled))
            {
                await sender.SendAsync(rows);
                watch.Gave(rows.RowCount);
            }
        }
    }

    /// <summary>Runs under the eyes of the metrics and within reach of those who cancel.</summary>
    private async Task WatchedAsync(
        Execution execution, StatementTicket statement, ServerCall call, Func<QuerySettings, StatementWatch, CancellationToken, Task> work)
    {
        using StatementWatch watch = observer.Watch(execution.Sql, $"{(call.User as Caller)?.Name} at {call.Peer}");
        using RunningStatement run = running.Start(statement.QueryId, call.Cancelled);
        try
        {
            QuerySettings settings = SettingsOf(call, ReadPoints.MomentOf(await ReachAsync(statement, call)));
            await work(settings, watch, run.Token);
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

    private QuerySettings SettingsOf(ServerCall call, AsOf? moment) => new() { Timeout = sessions.Of(call).StatementTimeout, AsOf = moment };
}
