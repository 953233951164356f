using Varve.Server.Security;

namespace Varve.EndToEnd.Tests;

/// <summary>A daemon that asks for a token, in clear text.</summary>
public class GuardedDaemon : Daemon
{
    public override string Token => "a-token-of-many-letters";

    protected override IEnumerable<string> Arguments()
    {
        string tokens = Path.Combine(DirectoryPath, "tokens");
        File.WriteAllText(tokens, TokensFile.Line("tester", Token));
        return ["--auth-tokens-file", tokens];
    }
}
