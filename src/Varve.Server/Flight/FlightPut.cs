using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Append;
using Varve.Server.Calls;
using Varve.Server.Errors;
using Varve.Server.FlightSql;
using Varve.Server.FlightSql.Statements;
using Varve.Storage;

namespace Varve.Server.Flight;

/// <summary>
/// DoPut: rows to a stream, rows to a table of Flight SQL, or parameters to a prepared statement; the descriptor says which. Any thread.
/// </summary>
internal sealed class FlightPut(AppendServices appends, StatementService statements, bool createsStreams)
{
    public ServerMethodOptions MethodOptions => appends.MethodOptions;

    public async Task HandleAsync(ServerCall call)
    {
        using CallShare share = appends.Memory.Open();
        PutReader reader = await PutReader.OpenAsync(call, appends.IpcLimits, share);
        FlightDescriptor descriptor = reader.Descriptor;
        switch (descriptor.Type)
        {
            case FlightDescriptor.Types.DescriptorType.Path:
                await AppendAsync(FlightMessages.StreamOf(descriptor), reader, call);
                break;
            case FlightDescriptor.Types.DescriptorType.Cmd:
                await CommandAsync(descriptor, reader, call);
                break;
            default:
                throw ErrorMapper.InvalidRequest(
                    $"a DoPut with a descriptor of type {descriptor.Type}: expected PATH (a stream's name) or CMD (a Flight SQL command)");
        }
    }

    private async Task CommandAsync(FlightDescriptor descriptor, PutReader reader, ServerCall call)
    {
        if (!AnyMessage.TryParse(descriptor.Cmd, out Any? command))
        {
            throw ErrorMapper.InvalidRequest(
                $"a DoPut with a command of {descriptor.Cmd.Length} bytes: expected a google.protobuf.Any of a Flight SQL command");
        }

        if (command.Is(CommandPreparedStatementQuery.Descriptor))
            await BindAsync(Command.Unpack<CommandPreparedStatementQuery>(command), reader, call);
        else if (command.Is(CommandStatementIngest.Descriptor))
            await IngestAsync(Command.Unpack<CommandStatementIngest>(command), reader, call);
        else
            throw FlightSqlService.Refusal(command);
    }

    private async Task AppendAsync(string stream, PutReader reader, ServerCall call)
    {
        await EnsureStreamAsync(stream, await SchemaAsync(stream, reader, call), createsStreams);
        await AppendAsync(new PutRows(stream, reader, answersEachBatch: true), call);
    }

    private async Task IngestAsync(CommandStatementIngest command, PutReader reader, ServerCall call)
    {
        IngestTarget target = IngestTarget.Of(command, createsStreams);
        Schema schema = await SchemaAsync(target.Stream, reader, call);
        if (!target.MayExist && appends.Engine.TryDescribe(target.Stream, out _))
        {
            throw new StorageException(StorageErrorCode.StreamAlreadyExists,
                $"cannot ingest into '{target.Stream}': the table exists, and the command asks to fail then");
        }

        await EnsureStreamAsync(target.Stream, schema, target.MayCreate);
        var rows = new PutRows(target.Stream, reader, answersEachBatch: false);
        await AppendAsync(rows, call);
        await AnswerAsync(call, new DoPutUpdateResult { RecordCount = rows.AppendedRowCount });
    }

    private async Task AppendAsync(PutRows rows, ServerCall call)
    {
        using var pipeline = new AppendPipeline(appends, call, rows);
        await pipeline.RunAsync();
    }

    private async Task BindAsync(CommandPreparedStatementQuery command, PutReader reader, ServerCall call)
    {
        PreparedStatement statement = statements.Find(command.PreparedStatementHandle);
        statements.Bind(statement, await ParameterBatch.ReadAsync(reader, statement.ParameterSchema, call.Cancelled));
        await AnswerAsync(call, new DoPutPreparedStatementResult { PreparedStatementHandle = statement.Handle });
    }

    private static async Task<Schema> SchemaAsync(string stream, PutReader reader, ServerCall call) =>
        await reader.ReadSchemaAsync(call.Cancelled) ?? throw ErrorMapper.InvalidRequest($"the DoPut to stream '{stream}' sent no schema", stream);

    private static ValueTask AnswerAsync(ServerCall call, IMessage result) => call.WriteAsync(new PutResult { AppMetadata = result.ToByteString() });

    /// <summary>Two callers may make the same stream at once: the second finds it there, and its rows are checked against it like any.</summary>
    private async Task EnsureStreamAsync(string stream, Schema schema, bool mayCreate)
    {
        if (appends.Engine.TryDescribe(stream, out _))
            return;
        if (!mayCreate)
        {
            throw ErrorMapper.Create(ErrorCode.StreamNotFound,
                $"there is no stream '{stream}', and this DoPut may not make it: create it first, or set Flight:CreateStreamOnPut", stream);
        }

        try
        {
            await appends.Engine.CreateStreamAsync(stream, schema, CancellationToken.None);
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.StreamAlreadyExists)
        {
            // Made by another caller since it was looked for above.
        }
    }
}
