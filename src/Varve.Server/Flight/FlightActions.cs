using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.FlightSql.Sessions;
using Varve.Server.FlightSql.Statements;
using Action = Varve.Protocol.Flight.Action;
using Any = Google.Protobuf.WellKnownTypes.Any;
using Empty = Varve.Protocol.Flight.Empty;
using Result = Varve.Protocol.Flight.Result;

namespace Varve.Server.Flight;

/// <summary>
/// DoAction and ListActions. Bodies of Flight SQL's actions are wrapped in an Any, those of Flight's own are bare. What Varve knows by name and does
/// not do is refused by name. Any thread.
/// </summary>
internal sealed class FlightActions(StatementService statements, PreparedCalls prepared, StatementTickets tickets, SessionCalls sessions)
{
    private static readonly (string Type, string Description)[] Listed =
    [
        ("CreatePreparedStatement", "Any(ActionCreatePreparedStatementRequest) -> Any(ActionCreatePreparedStatementResult)"),
        ("ClosePreparedStatement", "Any(ActionClosePreparedStatementRequest) -> nothing"),
        ("CancelQuery", "Any(ActionCancelQueryRequest) -> Any(ActionCancelQueryResult); superseded by CancelFlightInfo"),
        ("CancelFlightInfo", "CancelFlightInfoRequest -> CancelFlightInfoResult; ends the query whose ticket the FlightInfo holds, while it runs"),
        ("RenewFlightEndpoint", "RenewFlightEndpointRequest -> FlightEndpoint; with a ticket that expires later"),
        ("GetSessionOptions", "GetSessionOptionsRequest -> GetSessionOptionsResult; of the session that the call's cookie names"),
        ("SetSessionOptions", "SetSessionOptionsRequest -> SetSessionOptionsResult; opens a session, which a cookie names from then on"),
        ("CloseSession", "CloseSessionRequest -> CloseSessionResult"),
    ];

    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["BeginTransaction"] = "transactions: every statement sees one moment, and every append is atomic by itself",
        ["EndTransaction"] = "transactions: every statement sees one moment, and every append is atomic by itself",
        ["BeginSavepoint"] = "savepoints",
        ["EndSavepoint"] = "savepoints",
        ["CreatePreparedSubstraitPlan"] = "Substrait plans: send SQL",
    };

    public static async Task ListAsync(Empty request, ServerCall call)
    {
        foreach ((string type, string description) in Listed)
            call.Write(new ActionType { Type = type, Description = description });
        await call.FlushAsync();
    }

    public async Task HandleAsync(Action action, ServerCall call)
    {
        IMessage? answer = action.Type switch
        {
            "CreatePreparedStatement" =>
                Wrap(await prepared.PrepareAsync(Command.Unpack<ActionCreatePreparedStatementRequest>(action.Body, action.Type), call)),
            "ClosePreparedStatement" => Close(Command.Unpack<ActionClosePreparedStatementRequest>(action.Body, action.Type)),
            "CancelQuery" => Wrap(CancelQuery(Command.Unpack<ActionCancelQueryRequest>(action.Body, action.Type))),
            "CancelFlightInfo" => CancelFlightInfo(Command.Parse<CancelFlightInfoRequest>(action.Body)),
            "RenewFlightEndpoint" => tickets.Renew(Command.Parse<RenewFlightEndpointRequest>(action.Body).Endpoint
                ?? throw ErrorMapper.InvalidRequest("RenewFlightEndpoint: the request has no endpoint")),
            "GetSessionOptions" => sessions.Get(call),
            "SetSessionOptions" => sessions.Set(Command.Parse<SetSessionOptionsRequest>(action.Body), call),
            "CloseSession" => sessions.Close(call),
            _ => throw Unknown(action.Type),
        };
        if (answer is not null)
            await call.WriteAsync(new Result { Body = answer.ToByteString() });
    }

    private static Any Wrap(IMessage message) => Any.Pack(message);

    private static Rpc.RpcException Unknown(string type) => ErrorMapper.Create(ErrorCode.Unsupported, Refused.TryGetValue(type, out string? what)
        ? $"action {type}: Varve has no {what}"
        : $"there is no action '{type}'; ListActions names those there are");

    private IMessage? Close(ActionClosePreparedStatementRequest request)
    {
        prepared.Close(request.PreparedStatementHandle);
        return null;
    }

    private ActionCancelQueryResult CancelQuery(ActionCancelQueryRequest request) => new()
    {
        Result = statements.Cancel(Command.Parse<FlightInfo>(request.Info))
            ? ActionCancelQueryResult.Types.CancelResult.Cancelled
            : ActionCancelQueryResult.Types.CancelResult.NotCancellable,
    };

    private CancelFlightInfoResult CancelFlightInfo(CancelFlightInfoRequest request) => new()
    {
        Status = statements.Cancel(request.Info ?? throw ErrorMapper.InvalidRequest("CancelFlightInfo: the request has no info"))
            ? CancelStatus.Cancelled
            : CancelStatus.NotCancellable,
    };
}
