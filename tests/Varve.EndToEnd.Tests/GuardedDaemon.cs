using Varve.Server.Configuration;
using Varve.Server.Security;

namespace Varve.EndToEnd.Tests;

/// <summary>A daemon that asks for a token, in clear text.</summary>
public class GuardedDaemon : Daemon
{
    public override string Token => "a-token-of-many-letters";

    protected override void Configure(VarveServerOptions options)
    {
        string tokens = Path.Combine(DirectoryPath, "tokens");
        File.WriteAllText(tokens, TokensFile.Line("tester", Token));
        options.Auth.TokensFile = tokens;
    }
}
