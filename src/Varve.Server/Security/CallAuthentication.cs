using System.Text;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;

namespace Varve.Server.Security;

/// <summary>Asks every gRPC call for its token before anything of it is read.</summary>
internal sealed class CallAuthentication(Authenticator authenticator)
{
    private const string Authorization = "authorization";

    /// <summary>How Flight clients of before 2020 show the token that a handshake gave them.</summary>
    private const string LegacyToken = "auth-token-bin";

    public ValueTask AuthenticateAsync(ServerCall call)
    {
        string? header = call.RequestHeaders.GetText(Authorization);
        call.User = Find(header, call) ?? throw ErrorMapper.Create(ErrorCode.Unauthenticated, header is null
            ? "a token is needed: send it as 'authorization: Bearer TOKEN', or as the password of Basic credentials"
            : "the token is none of this daemon's");
        return ValueTask.CompletedTask;
    }

    private Caller? Find(string? header, ServerCall call)
    {
        if (header is null && call.RequestHeaders.TryGetBytes(LegacyToken, out ReadOnlyMemory<byte> token))
            return authenticator.AuthenticateToken(Encoding.UTF8.GetString(token.Span));
        return authenticator.Authenticate(header);
    }
}
