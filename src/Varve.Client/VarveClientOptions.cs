namespace Varve.Client;

/// <summary>How to reach a daemon. Immutable.</summary>
public sealed record VarveClientOptions
{
    /// <summary>HOST:PORT of the daemon's gRPC and Flight listener.</summary>
    public string Endpoint { get; init; } = "127.0.0.1:7447";

    public bool UseTls { get; init; }

    /// <summary>A PEM file with the certificates to trust instead of the system's.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>Sent as a bearer token with every call.</summary>
    public string? Token { get; init; }

    /// <summary>The deadline of calls that have one answer. Streams of rows have none unless the caller cancels.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest message that is taken from the daemon.</summary>
    public int MaxMessageBytes { get; init; } = 256 << 20;
}
