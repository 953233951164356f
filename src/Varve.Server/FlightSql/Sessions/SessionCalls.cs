using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.Security;

namespace Varve.Server.FlightSql.Sessions;

/// <summary>
/// Sessions as calls see them. A session is made when a client sets an option for the first time, and named by a cookie from then on. Any thread.
/// </summary>
internal sealed class SessionCalls(SessionStore sessions)
{
    /// <summary>What the caller has set for its statements.</summary>
    /// <exception cref="Rpc.RpcException">
    /// HANDLE_NOT_FOUND: the session is closed or forgotten. The statement is not run without what was set for it.
    /// </exception>
    public SessionValues Of(ServerCall call)
    {
        if (SessionCookie.Read(call) is not { } id)
            return SessionValues.None;
        return sessions.Find(id, OwnerOf(call)) ?? throw ErrorMapper.Create(ErrorCode.HandleNotFound,
            "the session of the call's cookie is not there: it was closed, was not used for an hour, or made room for newer ones; "
            + "set its options again, or leave the cookie out");
    }

    public GetSessionOptionsResult Get(ServerCall call) => SessionOptions.Show(Of(call));

    public SetSessionOptionsResult Set(SetSessionOptionsRequest request, ServerCall call)
    {
        var result = new SetSessionOptionsResult();
        SessionValues Apply(SessionValues values) => SessionOptions.Apply(request, values, result);
        if (SessionCookie.Read(call) is not { } id || !sessions.Change(id, OwnerOf(call), Apply))
            SessionCookie.Write(call, sessions.Add(OwnerOf(call), Apply(SessionValues.None)));
        return result;
    }

    /// <summary>Closing what is closed already is no error, and neither is closing what was never opened.</summary>
    public CloseSessionResult Close(ServerCall call)
    {
        if (SessionCookie.Read(call) is { } id)
        {
            sessions.Remove(id, OwnerOf(call));
            SessionCookie.Clear(call);
        }

        return new CloseSessionResult { Status = CloseSessionResult.Types.Status.Closed };
    }

    private static string OwnerOf(ServerCall call) => (call.User as Caller)?.Name ?? "";
}
