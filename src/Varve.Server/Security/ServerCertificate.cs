using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Varve.Server.Configuration;

namespace Varve.Server.Security;

/// <summary>Reads the certificate that both listeners show, with the chain that stands in its file.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        Chain = chain;
    }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Leaf { get; }

    public X509Certificate2Collection Chain { get; }

    /// <returns>Null where none is configured.</returns>
    /// <exception cref="StartupException">A file is missing or unreadable, or the two do not belong together.</exception>
    public static ServerCertificate? Read(VarveServerOptions.TlsSection options)
    {
        if (options.CertificateFile.Length == 0)
            return null;
        try
        {
            var leaf = X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.CertificateFile);
            return new ServerCertificate(leaf, chain);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartupException(StartupErrorCode.Security,
                $"Tls:CertificateFile {options.CertificateFile} with Tls:KeyFile {options.KeyFile} cannot be used: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        Leaf.Dispose();
        foreach (X509Certificate2 certificate in Chain)
            certificate.Dispose();
    }
}
