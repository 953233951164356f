using System.Diagnostics;
using Amazon.Runtime;
using Varve.Testing;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>
/// OpenStack Swift (Debian's python3-swift) with its S3 protocol. It checks signatures of version 4 and the hashes of what is sent, stores
/// large objects as their parts, and knows no conditional writes: it answers 501 to If-None-Match.
/// </summary>
public sealed class SwiftServer : S3Process
{
    public const string AccessKey = "varve:backup";

    private static readonly string Secret = $"{Guid.NewGuid():n}";

    public override AWSCredentials Credentials => new BasicAWSCredentials(AccessKey, Secret);

    /// <summary>So that a listing of several pages takes few objects.</summary>
    public override int PageObjectCount => 100;

    // The library only: the packages of Swift's services would start them.
    public override async Task InitializeAsync()
    {
        await DebianPackages.RequireAsync($"{DebianPackages.Python} -c 'import swift.proxy'", "python3-swift");
        await base.InitializeAsync();
    }

    protected override ProcessStartInfo Program(string directory, int port) =>
        new(DebianPackages.Python, ["serve.py", directory, Bucket, AccessKey, $"{PageObjectCount}", $"{port}"])
        {
            WorkingDirectory = Path.Combine(RepositoryRoot.Path, "tests", "clients", "swift"),
            Environment = { ["SWIFT_SECRET"] = Secret, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
}
