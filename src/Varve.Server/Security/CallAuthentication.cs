using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;

namespace Varve.Server.Security;

/// <summary>Asks every gRPC call for its token before anything of it is read.</summary>
internal sealed class CallAuthentication(Authenticator authenticator)
{
    public ValueTask AuthenticateAsync(ServerCall call)
    {
        string? header = call.RequestHeaders.GetText("authorization");
        call.User = authenticator.Authenticate(header) ?? throw ErrorMapper.Create(ErrorCode.Unauthenticated, header is null
            ? "a token is needed: send it as 'authorization: Bearer TOKEN', or as the password of Basic credentials"
            : "the token is none of this daemon's");
        return ValueTask.CompletedTask;
    }
}
