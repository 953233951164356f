using System.Diagnostics;
using Amazon.Runtime;
using Varve.Testing;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>
/// npm's s3rver: quick, and so most tests run on it. It knows names of access keys, but computes no signature of version 4: a wrong secret
/// with a known name is let in. OpenStack Swift is for that.
/// </summary>
public sealed class S3Server : S3Process
{
    private readonly NodeFolder _folder = new("s3");

    public override AWSCredentials Credentials => new BasicAWSCredentials("S3RVER", "S3RVER");

    public override async Task InitializeAsync()
    {
        await _folder.RunAsync("-e", "0");
        await base.InitializeAsync();
    }

    // Its continuation tokens are made with a cipher that OpenSSL has in its legacy provider only.
    protected override ProcessStartInfo Program(string directory, int port) =>
        new("node", ["--openssl-legacy-provider", "serve.mjs", directory, Bucket, $"{port}"])
        {
            WorkingDirectory = Path.Combine(RepositoryRoot.Path, "tests", "clients", "s3"),
        };
}
