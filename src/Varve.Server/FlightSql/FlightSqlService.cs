using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.Flight;
using Varve.Server.FlightSql.Metadata;
using Varve.Server.FlightSql.Statements;

namespace Varve.Server.FlightSql;

/// <summary>What Flight SQL's commands ask for and its tickets give. Any thread.</summary>
internal sealed class FlightSqlService(StatementService statements, MetadataCommands metadata)
{
    /// <exception cref="Rpc.RpcException">The command is unknown, or Varve does not do what it asks.</exception>
    public async Task<FlightPlan> PlanAsync(Any command, ServerCall call)
    {
        if (StatementOf(command) is { } statement)
            return await statements.PlanAsync(statement, call);
        MetadataResult result = metadata.Find(command) ?? throw Refusal(command);
        return new FlightPlan(result.Schema, new Ticket { Ticket_ = command.ToByteString() }, RowCount: null, IsOrdered: true);
    }

    /// <summary>SQL without a command around it.</summary>
    public Task<FlightPlan> PlanAsync(string sql, ServerCall call) => statements.PlanAsync(new StatementTicket { Sql = sql }, call);

    /// <summary>The columns of what a command gives; nothing is run.</summary>
    /// <inheritdoc cref="PlanAsync(Any, ServerCall)"/>
    public async Task<Schema> SchemaAsync(Any command, ServerCall call)
    {
        if (StatementOf(command) is { } statement)
            return await statements.SchemaAsync(statement, call);
        return (metadata.Find(command) ?? throw Refusal(command)).Schema;
    }

    /// <summary>SQL without a command around it.</summary>
    public Task<Schema> SchemaAsync(string sql, ServerCall call) => statements.SchemaAsync(new StatementTicket { Sql = sql }, call);

    /// <summary>Answers a ticket: one of ours, or a command that the client sent as a ticket.</summary>
    public async Task SendAsync(Any ticket, ServerCall call)
    {
        StatementTicket? statement = ticket.Is(TicketStatementQuery.Descriptor) ? StatementTickets.Open(ticket) : StatementOf(ticket);
        if (statement is not null)
        {
            await statements.SendAsync(statement, call);
            return;
        }

        MetadataResult result = metadata.Find(ticket) ?? throw Refusal(ticket);
        var sender = new FlightSender(call);
        await sender.SendAsync(result.Schema);
        RecordBatch rows = await result.FetchAsync(call.Cancelled);
        await sender.SendAsync(rows);
    }

    /// <summary>SQL without a ticket around it.</summary>
    public Task SendAsync(string sql, ServerCall call) => statements.SendAsync(new StatementTicket { Sql = sql }, call);

    /// <summary>The refusal of a command where it does not belong: by name where Varve knows it.</summary>
    public static Rpc.RpcException Refusal(Any command)
    {
        string name = AnyMessage.TypeName(command);
        if (command.Is(CommandStatementSubstraitPlan.Descriptor))
            return ErrorMapper.Create(ErrorCode.Unsupported, $"{name}: Varve takes SQL, not Substrait plans");
        bool isPut = command.Is(CommandStatementIngest.Descriptor) || command.Is(CommandStatementUpdate.Descriptor)
            || command.Is(CommandPreparedStatementUpdate.Descriptor);
        return isPut
            ? ErrorMapper.InvalidRequest($"{name} goes into a DoPut")
            : ErrorMapper.InvalidRequest($"a command or ticket of type '{name}', which Varve does not know");
    }

    /// <summary>Null for a command that is no query.</summary>
    private static StatementTicket? StatementOf(Any command)
    {
        if (command.Is(CommandPreparedStatementQuery.Descriptor))
            return new StatementTicket { PreparedHandle = Command.Unpack<CommandPreparedStatementQuery>(command).PreparedStatementHandle };
        if (!command.Is(CommandStatementQuery.Descriptor))
            return null;
        CommandStatementQuery query = Command.Unpack<CommandStatementQuery>(command);
        Transactions.Refuse(query.TransactionId);
        return new StatementTicket { Sql = query.Query };
    }
}
