using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.Flight;
using Varve.Server.FlightSql.Statements;
using Varve.Storage;

namespace Varve.Server.FlightSql;

/// <summary>Flight SQL's commands that come with a DoPut: rows for a table, values for a prepared statement, statements that change something. Any
/// thread.</summary>
internal sealed class FlightSqlPut(
    StorageEngine engine, PutAppends rows, PreparedCalls prepared, StatementService statements, bool createsStreams)
{
    /// <exception cref="Rpc.RpcException">The command is unknown or does not go into a DoPut.</exception>
    public async Task HandleAsync(Any command, PutReader reader, ServerCall call)
    {
        if (command.Is(CommandPreparedStatementQuery.Descriptor))
            await BindAsync(Command.Unpack<CommandPreparedStatementQuery>(command), reader, call);
        else if (command.Is(CommandStatementIngest.Descriptor))
            await IngestAsync(Command.Unpack<CommandStatementIngest>(command), reader, call);
        else if (command.Is(CommandStatementUpdate.Descriptor))
            await UpdateAsync(Command.Unpack<CommandStatementUpdate>(command), call);
        else if (command.Is(CommandPreparedStatementUpdate.Descriptor))
            await UpdateAsync(Command.Unpack<CommandPreparedStatementUpdate>(command), reader, call);
        else
            throw FlightSqlService.Refusal(command);
    }

    private async Task BindAsync(CommandPreparedStatementQuery command, PutReader reader, ServerCall call)
    {
        PreparedStatement statement = prepared.Find(command.PreparedStatementHandle);
        Schema schema = await reader.ReadSchemaAsync(call.Cancelled) ?? throw ErrorMapper.InvalidRequest("the DoPut of parameters sent no schema");
        prepared.Bind(statement, await ParameterBatch.ReadAsync(reader, schema, statement.ParameterSchema, call.Cancelled));
        await AnswerAsync(call, new DoPutPreparedStatementResult { PreparedStatementHandle = statement.Handle });
    }

    private async Task IngestAsync(CommandStatementIngest command, PutReader reader, ServerCall call)
    {
        IngestTarget target = IngestTarget.Of(command, createsStreams);
        Schema schema = await PutAppends.SchemaAsync(target.Stream, reader, call);
        if (engine.TryDescribe(target.Stream, out _))
            await MeetAsync(target, schema);
        await rows.EnsureStreamAsync(target.Stream, schema, target.MayCreate);
        var ingested = new PutRows(target.Stream, reader, answersEachBatch: false);
        await rows.AppendAsync(ingested, call);
        await AnswerAsync(call, new DoPutUpdateResult { RecordCount = ingested.AppendedRowCount });
    }

    /// <summary>Does what the command asks where the table is there already.</summary>
    private async Task MeetAsync(IngestTarget target, Schema schema)
    {
        if (target.IfExists == IngestTarget.Existing.Fail)
        {
            throw new StorageException(StorageErrorCode.StreamAlreadyExists,
                $"cannot ingest into '{target.Stream}': the table exists, and the command asks to fail then");
        }

        if (target.IfExists == IngestTarget.Existing.Append)
            return;

        // Looked at first, so that columns that no stream can have do not cost the rows that are there.
        engine.CheckNewStream(target.Stream, schema);
        await engine.DropStreamAsync(target.Stream, CancellationToken.None);
    }

    private async Task UpdateAsync(CommandStatementUpdate command, ServerCall call)
    {
        Transactions.Refuse(command.TransactionId);
        await AnswerAsync(call, new DoPutUpdateResult { RecordCount = await statements.UpdateAsync(new Execution(command.Query, null), call) });
    }

    /// <summary>With the values that come with it, or else with those that were bound before.</summary>
    private async Task UpdateAsync(CommandPreparedStatementUpdate command, PutReader reader, ServerCall call)
    {
        PreparedStatement statement = prepared.Find(command.PreparedStatementHandle);
        RecordBatch? values = await reader.ReadSchemaAsync(call.Cancelled) is { } schema
            ? await ParameterBatch.ReadAsync(reader, schema, statement.ParameterSchema, call.Cancelled)
            : statement.Bound;
        long changed = await statements.UpdateAsync(new Execution(statement.Sql, values), call);
        await AnswerAsync(call, new DoPutUpdateResult { RecordCount = changed });
    }

    private static ValueTask AnswerAsync(ServerCall call, IMessage result) => call.WriteAsync(new PutResult { AppMetadata = result.ToByteString() });
}
