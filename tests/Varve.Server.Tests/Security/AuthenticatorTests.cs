using System.Text;
using Varve.Server.Security;
using Varve.Testing;

namespace Varve.Server.Tests.Security;

public sealed class AuthenticatorTests : IDisposable
{
    private const string AHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private const string AnotherHash = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

    private readonly TempDirectory _directory = new("tokens");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Bearer alpha-token", "alpha")]
    [InlineData("bearer beta-token", "beta")]
    [InlineData("Basic {anyone:alpha-token}", "alpha")]
    [InlineData("Basic {:beta-token}", "beta")]
    [InlineData("Basic {unpadded:x:y}", null)]
    [InlineData("Basic {no-colon}", null)]
    [InlineData("Basic ***", null)]
    [InlineData("Basic ", null)]
    [InlineData("Bearer alpha-tokem", null)]
    [InlineData("Bearer ", null)]
    [InlineData("Digest alpha-token", null)]
    [InlineData("alpha-token", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Callers_are_known_by_their_token(string? header, string? expected)
    {
        Authenticator authenticator = Read(["# people", TokensFile.Line("alpha", "alpha-token"), "", TokensFile.Line("beta", "beta-token")]);
        Assert.True(authenticator.IsRequired);
        Assert.Equal(expected, authenticator.Authenticate(Encode(header, isPadded: true))?.Name);
        Assert.Equal(expected, authenticator.Authenticate(Encode(header, isPadded: false))?.Name);
    }

    [Fact]
    public void A_hash_is_not_a_token() =>
        Assert.Null(Read([TokensFile.Line("alpha", "alpha-token")]).AuthenticateToken(TokensFile.Hash("alpha-token")));

    [Fact]
    public void Without_tokens_everyone_is_anonymous()
    {
        Authenticator open = TokensFile.Read("");
        Assert.False(open.IsRequired);
        Assert.Equal("anonymous", open.Authenticate(null)?.Name);
        Assert.Equal("anonymous", open.Authenticate("Bearer whatever")?.Name);
    }

    [Theory]
    [InlineData("alpha", "line 1")]
    [InlineData("alpha: plain-text-token", "line 1")]
    [InlineData(": " + AHash, "line 1")]
    [InlineData("a: " + AHash + "\nb: " + AHash, "line 2")]
    [InlineData("a: " + AHash + "\na: " + AnotherHash, "line 2")]
    [InlineData("# nobody\n", "holds no token")]
    public void A_file_that_is_not_understood_stops_the_start(string content, string problem)
    {
        var e = Assert.Throws<StartupException>(() => Read([content]));
        Assert.Equal(StartupErrorCode.Security, e.Code);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_stops_the_start() =>
        Assert.Contains(
            "/nowhere/tokens", Assert.Throws<StartupException>(() => TokensFile.Read("/nowhere/tokens")).Message, StringComparison.Ordinal);

    private Authenticator Read(IEnumerable<string> lines)
    {
        string file = _directory.File("tokens");
        File.WriteAllText(file, string.Join('\n', lines));
        return TokensFile.Read(file);
    }

    /// <summary>What stands in braces goes out as base64.</summary>
    private static string? Encode(string? header, bool isPadded)
    {
        if (header is null || !header.Contains('{', StringComparison.Ordinal))
            return header;
        string pair = header[(header.IndexOf('{', StringComparison.Ordinal) + 1)..^1];
        string base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
        return "Basic " + (isPadded ? base64 : base64.TrimEnd('='));
    }
}
