using System.Security.Cryptography;
using System.Text;

namespace Varve.Server.Security;

/// <summary>
/// Decides who a caller is by the token shown. Tokens are kept as SHA-256 hashes, which is enough because tokens are random and long, not chosen by
/// people. Immutable: any thread may use it.
/// </summary>
public sealed class Authenticator
{
    private const string BearerScheme = "Bearer ";
    private const string BasicScheme = "Basic ";

    private readonly TokenEntry[] _tokens;

    internal Authenticator(IEnumerable<TokenEntry> tokens) => _tokens = [.. tokens];

    /// <summary>False where no tokens are configured: everyone is <see cref="Caller.Anonymous"/>.</summary>
    public bool IsRequired => _tokens.Length > 0;

    /// <summary>
    /// Takes the value of an <c>authorization</c> header: <c>Bearer TOKEN</c>, or <c>Basic</c> (RFC 7617, padded or not) whose password is the token;
    /// the user name of Basic is not looked at.
    /// </summary>
    /// <returns>Null: no or wrong credentials.</returns>
    public Caller? Authenticate(string? authorization)
    {
        if (!IsRequired)
            return Caller.Anonymous;
        return TokenOf(authorization) is { } token ? AuthenticateToken(token) : null;
    }

    /// <summary>Takes a bare token, as it comes in a handshake.</summary>
    /// <returns>Null: no token of this daemon.</returns>
    public Caller? AuthenticateToken(string token)
    {
        if (!IsRequired)
            return Caller.Anonymous;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        TokenEntry? match = null;
        foreach (TokenEntry entry in _tokens)
        {
            // No early end: the time taken says nothing about which token was nearly right.
            if (CryptographicOperations.FixedTimeEquals(hash, entry.Hash))
                match = entry;
        }

        return match is null ? null : new Caller(match.Name);
    }

    /// <summary>The token in the value of an <c>authorization</c> header, whatever it is worth; null where there is none.</summary>
    public static string? TokenOf(string? authorization)
    {
        if (authorization is null)
            return null;
        if (authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase))
            return authorization[BearerScheme.Length..].Trim();
        return authorization.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase)
            ? PasswordOf(authorization[BasicScheme.Length..].Trim())
            : null;
    }

    private static string? PasswordOf(string base64)
    {
        string padded = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
        byte[] bytes = new byte[padded.Length];
        if (!Convert.TryFromBase64String(padded, bytes, out int length))
            return null;
        string pair = Encoding.UTF8.GetString(bytes, 0, length);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }
}
