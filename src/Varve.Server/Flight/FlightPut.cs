using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Rpc.Server;
using Varve.Server.Append;
using Varve.Server.Calls;
using Varve.Server.Errors;
using Varve.Server.FlightSql;
using Any = Google.Protobuf.WellKnownTypes.Any;

namespace Varve.Server.Flight;

/// <summary>DoPut: rows to a stream, or a command of Flight SQL; the descriptor says which. Any thread.</summary>
internal sealed class FlightPut(AppendServices appends, PutAppends rows, FlightSqlPut sql, bool createsStreams)
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
            case FlightDescriptor.Types.DescriptorType.Cmd when AnyMessage.TryParse(descriptor.Cmd, out Any? command):
                await sql.HandleAsync(command, reader, call);
                break;
            case FlightDescriptor.Types.DescriptorType.Cmd:
                throw ErrorMapper.InvalidRequest(
                    $"a DoPut with a command of {descriptor.Cmd.Length} bytes: expected a google.protobuf.Any of a Flight SQL command");
            default:
                throw ErrorMapper.InvalidRequest(
                    $"a DoPut with a descriptor of type {descriptor.Type}: expected PATH (a stream's name) or CMD (a Flight SQL command)");
        }
    }

    private async Task AppendAsync(string stream, PutReader reader, ServerCall call)
    {
        await rows.EnsureStreamAsync(stream, await PutAppends.SchemaAsync(stream, reader, call), createsStreams);
        await rows.AppendAsync(new PutRows(stream, reader, answersEachBatch: true), call);
    }
}
