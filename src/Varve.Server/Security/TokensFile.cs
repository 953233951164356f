using System.Security.Cryptography;
using System.Text;

namespace Varve.Server.Security;

/// <summary>
/// The file of tokens. One line a token: <c>NAME: HASH</c>, where HASH is 64 hexadecimal digits (<c>printf %s "$TOKEN" | sha256sum</c>). Empty lines
/// and lines that start with # are skipped. The file holds no secret: whoever reads it cannot call.
/// </summary>
public static class TokensFile
{
    /// <summary>The hash of a token as it stands in the file.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>The line of a token.</summary>
    public static string Line(string name, string token) => $"{name}: {Hash(token)}";

    /// <exception cref="StartupException">The file is missing, empty, or has a line that is none of the above.</exception>
    internal static Authenticator Read(string path)
    {
        if (path.Length == 0)
            return new Authenticator([]);
        List<TokenEntry> tokens = [];
        string[] lines = ReadLines(path);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line.StartsWith('#'))
                continue;
            TokenEntry token = Parse(line) ?? throw Refuse($"line {i + 1} of {path} is not NAME: SHA-256-OF-THE-TOKEN-IN-HEX");
            if (tokens.Any(t => t.Name == token.Name || t.Hash.AsSpan().SequenceEqual(token.Hash)))
                throw Refuse($"line {i + 1} of {path} repeats a name or token of an earlier line");
            tokens.Add(token);
        }

        return tokens.Count > 0 ? new Authenticator(tokens) : throw Refuse($"{path} holds no token, so nobody could call: add a line NAME: HASH");
    }

    private static TokenEntry? Parse(string line)
    {
        int colon = line.LastIndexOf(':');
        string name = colon < 0 ? "" : line[..colon].Trim();
        byte[] hash = new byte[SHA256.HashSizeInBytes];
        bool isHash = Convert.FromHexString(line.AsSpan(colon + 1).Trim(), hash, out _, out int written) == System.Buffers.OperationStatus.Done
            && written == hash.Length;
        return isHash && name.Length > 0 ? new TokenEntry(name, hash) : null;
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(StartupErrorCode.Security, $"Auth:TokensFile: {path} cannot be read: {e.Message}", e);
        }
    }

    private static StartupException Refuse(string message) => new(StartupErrorCode.Security, $"Auth:TokensFile: {message}");
}
