namespace Varve.Server.Configuration;

/// <summary>Where the root key comes from.</summary>
public enum RootKeyOrigin
{
    File,
    Environment,
    Command,
}
