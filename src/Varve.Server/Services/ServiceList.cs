using Varve.Server.Append;
using Varve.Server.Calls;
using Varve.Server.Flight;
using Varve.Server.FlightSql;
using Varve.Server.FlightSql.Metadata;
using Varve.Server.FlightSql.Sessions;
using Varve.Server.FlightSql.Statements;
using Varve.Server.FlightSql.Updates;
using Varve.Server.Read;

namespace Varve.Server.Services;

/// <summary>The services that a daemon answers: the one place where they are put together.</summary>
internal static class ServiceList
{
    public static IReadOnlyList<IService> Create(ServiceContext context)
    {
        var memory = new CallMemory();
        var appends = new AppendServices(
            context.Engine, context.Options.Append, context.Options.Data.MaxBatchBytes, context.Options.Rpc.MaxMessageBytes, memory, context.Metrics,
            context.Loggers.CreateLogger("Varve.Server.Append"), context.Time);
        var points = new ReadPoints(context.Engine, context.Options.Read.PositionWait, context.Time);
        var reads = new StreamReads(context.Engine, context.Queries, points);
        return
        [
            new StreamsService(context.Engine, appends, reads, memory, context.Metrics),
            new ProducersService(context.Engine, context.Time),
            new ConsumersService(context.Engine, memory, context.Metrics),
            CreateFlight(context, appends, reads, points),
            new AdminService(context.Engine, context.Statements, context.BackupWatch, context.Options, context.Time, context.ConnectionCount),
            new CheckCalls(context.Engine),
            new KeyCalls(context.Engine, context.Loggers.CreateLogger("Varve.Server.Keys")),
            new BackupCalls(context.Backups),
        ];
    }

    private static FlightService CreateFlight(ServiceContext context, AppendServices appends, StreamReads reads, ReadPoints points)
    {
        var updates = new UpdateService(context.Queries, appends);
        var prepared = new PreparedCalls(context.Queries, updates, new PreparedStatements(context.Time));
        var tickets = new StatementTickets(context.Time, context.Options.Flight.TicketLifetime);
        var sessions = new SessionCalls(new SessionStore(context.Time));
        var statements = new StatementService(
            context.Queries, updates, prepared, tickets, sessions, points, new RunningStatements(), context.Statements);
        var rows = new PutAppends(appends);
        bool createsStreams = context.Options.Flight.CreateStreamOnPut;
        var metadata = new MetadataCommands(
            new TableCatalog(context.Engine, context.Queries),
            new SqlInfoValues(ProductInfo.Version, context.Options.Sql.Timeout));
        return new FlightService(
            new FlightHandshake(context.Authenticator, context.Options.Auth.Handshake),
            new StreamFlights(reads, context.Metrics),
            new FlightPut(appends, rows, new FlightSqlPut(context.Engine, rows, prepared, statements, createsStreams), createsStreams),
            new FlightSqlService(statements, metadata),
            new FlightActions(statements, prepared, tickets, sessions));
    }
}
