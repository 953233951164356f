using System.Text;
using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.Security;

namespace Varve.Server.Flight;

/// <summary>
/// Handshake, in the three ways that clients have: a Basic header, a Bearer header that they have already and only show, and BasicAuth as the first
/// payload. They take the token from the response headers, the payload or the trailers, so it goes out in all three; and some never half-close but
/// wait for the first answer, so it goes out after the first request. The token is the one that was shown: nothing is kept. Stateless.
/// </summary>
internal sealed class FlightHandshake(Authenticator authenticator, bool isAllowed)
{
    private const string Authorization = "authorization";

    /// <summary>What a client gets to carry where the daemon asks for no token.</summary>
    private const string AnyToken = "anonymous";

    public async Task HandleAsync(ServerCall call)
    {
        if (!isAllowed)
        {
            throw ErrorMapper.Create(ErrorCode.Unsupported,
                "handshakes are turned off (Auth:Handshake): send 'authorization: Bearer TOKEN' with every call");
        }

        string? header = call.RequestHeaders.GetText(Authorization);
        string? token = null;
        if (header is not null)
        {
            token = Admit(Authenticator.TokenOf(header));
            await AnnounceAsync(call, token);
        }

        while (await call.ReadAsync<HandshakeRequest>() is { } request)
        {
            if (token is null)
            {
                token = Admit(PasswordOf(request.Payload));
                await AnnounceAsync(call, token);
            }

            await call.WriteAsync(new HandshakeResponse { Payload = ByteString.CopyFromUtf8(token) });
        }
    }

    private static string? PasswordOf(ByteString payload)
    {
        try
        {
            return BasicAuth.Parser.ParseFrom(payload).Password;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static async Task AnnounceAsync(ServerCall call, string token)
    {
        // Headers are printable ASCII; a token that is not (the operator's choice) still goes out in the payload.
        if (Ascii.IsValid(token) && !token.Any(char.IsControl))
        {
            call.AddResponseHeader(Authorization, "Bearer " + token);
            call.Trailers.Add(Authorization, "Bearer " + token);
        }

        await call.SendHeadersAsync();
    }

    private string Admit(string? token)
    {
        if (!authenticator.IsRequired)
            return AnyToken;
        if (token is null || authenticator.AuthenticateToken(token) is null)
        {
            throw ErrorMapper.Create(ErrorCode.Unauthenticated,
                "the handshake has no valid token: send it as 'authorization: Bearer TOKEN', or as the password of Basic credentials");
        }

        return token;
    }
}
