namespace Varve.Server.Security;

/// <summary>Who makes a call: the name of the token that was shown, or anonymous where none are asked for.</summary>
public sealed record Caller(string Name)
{
    public static readonly Caller Anonymous = new("anonymous");
}
