using System.Security.Cryptography.X509Certificates;

namespace Varve.Rpc.Client;

/// <summary>How the client judges the server's certificate, for addresses with https. With neither setting the system's roots decide.</summary>
public sealed record ClientTlsOptions
{
    /// <summary>Trust these roots and no others: a private authority, or the server's own self-signed certificate.</summary>
    public X509Certificate2Collection? RootCertificates { get; init; }

    /// <summary>Accept any certificate. The traffic is encrypted, but anyone may be at the other end: for trying things out only.</summary>
    public bool SkipVerification { get; init; }

    /// <summary>The name to expect in the certificate, where it is not the address's host. Also sent as the authority of the calls.</summary>
    public string? ServerName { get; init; }
}
