namespace Varve.Rpc.Client;

/// <summary>Settings of a <see cref="GrpcChannel"/>.</summary>
public sealed record GrpcChannelOptions
{
    /// <summary>The largest response message in bytes, before and after decompression. 4 MiB is gRPC's custom.</summary>
    public int MaxReceiveMessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The buffer that each call reads its small messages through.</summary>
    public int ReadBufferBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// How many bytes of one stream may be under way to this client (64 KiB to 1 MiB make sense). Fixed: with HttpClient's growing window small calls
    /// beside a bulk stream wait ten times longer, and received bytes overflow the array pool. For a long way (bandwidth x delay above this) raise
    /// it.
    /// </summary>
    public int StreamWindowBytes { get; init; } = 512 * 1024;

    public ClientTlsOptions? Tls { get; init; }

    /// <summary>Sent as <c>authorization: Bearer ...</c> with every call.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Sent with every call.</summary>
    public Metadata? Headers { get; init; }

    /// <summary>Connects to this Unix socket instead of the address's host and port.</summary>
    public string? UnixSocketPath { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be silent before a ping asks whether the server is still there.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(60);

    public string UserAgent { get; init; } = "varve-rpc-dotnet/0.1";

    /// <summary>Measures deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
