namespace Varve.Rpc.Client;

/// <summary>What one call does differently. Immutable, so one instance may serve many calls.</summary>
public sealed record CallOptions
{
    internal static CallOptions Default { get; } = new();

    /// <summary>Sent beside the channel's own headers.</summary>
    public Metadata? Headers { get; init; }

    /// <summary>The deadline, counted from the start of the call; also told to the server. Null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Compresses request messages by gzip where that pays. Messages made of parts go as they are.</summary>
    public bool CompressRequests { get; init; }

    /// <summary>Cancels the call; the server is told.</summary>
    public CancellationToken Cancellation { get; init; }
}
