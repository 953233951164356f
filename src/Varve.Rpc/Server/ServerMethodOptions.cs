namespace Varve.Rpc.Server;

/// <summary>What one method does differently from the server's defaults.</summary>
public sealed record ServerMethodOptions
{
    internal static ServerMethodOptions Default { get; } = new();

    /// <summary>The largest request message, before and after decompression; null for the server's limit.</summary>
    public int? MaxReceiveMessageBytes { get; init; }

    /// <summary>True where the authentication hook is not asked: health checks, and calls that authenticate by themselves.</summary>
    public bool AllowAnonymous { get; init; }
}
