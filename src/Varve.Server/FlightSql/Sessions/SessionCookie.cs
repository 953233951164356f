using Varve.Rpc;
using Varve.Rpc.Server;

namespace Varve.Server.FlightSql.Sessions;

/// <summary>
/// The cookie that names a call's session, under the name that the Flight protocol suggests. Clients that keep cookies send it back with each call.
/// Stateless.
/// </summary>
internal static class SessionCookie
{
    public const string Name = "arrow_flight_session_id";

    private const string RequestHeader = "cookie";
    private const string ResponseHeader = "set-cookie";

    /// <summary>The session's id; null where the call carries none.</summary>
    public static string? Read(ServerCall call)
    {
        foreach (MetadataEntry header in call.RequestHeaders)
        {
            if (header.Key != RequestHeader)
                continue;
            foreach (string cookie in header.Text.Split(';', StringSplitOptions.TrimEntries))
            {
                if (cookie.StartsWith(Name + "=", StringComparison.Ordinal))
                    return cookie[(Name.Length + 1)..].Trim('"');
            }
        }

        return null;
    }

    public static void Write(ServerCall call, string id) => call.AddResponseHeader(ResponseHeader, $"{Name}={id}");

    /// <summary>Lets the client forget it.</summary>
    public static void Clear(ServerCall call) => call.AddResponseHeader(ResponseHeader, $"{Name}=; Max-Age=0");
}
