using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Varve.EndToEnd.Tests;

/// <summary>A daemon that asks for a token and speaks TLS with a certificate that it signed itself.</summary>
public sealed class TlsDaemon : GuardedDaemon
{
    public override string CertificateFile => Path.Combine(DirectoryPath, "certificate.pem");

    protected override IEnumerable<string> Arguments()
    {
        string keyFile = Path.Combine(DirectoryPath, "key.pem");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return [.. base.Arguments(), "--tls-certificate-file", CertificateFile, "--tls-key-file", keyFile];
    }
}
