using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Varve.Backup.Repositories.S3;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>
/// An S3 server of another maker (npm's s3rver) as a process, with a bucket on a scratch directory. It knows names of access keys, but computes no signature
/// of version 4: a wrong secret with a known name is let in.
/// </summary>
public sealed class S3Server : IAsyncLifetime, IDisposable
{
    private const string Bucket = "backups";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _directory = new("s3");
    private readonly NodeFolder _folder = new("s3");
    private Process? _process;
    private int _port;
    private int _prefixes;

    /// <summary>Those that the server knows.</summary>
    public static AWSCredentials Credentials => new BasicAWSCredentials("S3RVER", "S3RVER");

    public async Task InitializeAsync()
    {
        await _folder.RunAsync("-e", "0");
        await StartAsync();
    }

    /// <summary>A prefix that nobody has used.</summary>
    public S3Location NextLocation() => Location(Bucket) with { Prefix = $"p{Interlocked.Increment(ref _prefixes)}/" };

    public S3Location Location(string bucket) => S3Location.Parse($"s3://{bucket}/p?endpoint=http://127.0.0.1:{_port}");

    public async Task StartAsync()
    {
        // Its continuation tokens are made with a cipher that OpenSSL has in its legacy provider only.
        var start = new ProcessStartInfo("node", ["--openssl-legacy-provider", "serve.mjs", _directory.Path, Bucket, $"{_port}"])
        {
            WorkingDirectory = Path.Combine(RepositoryRoot.Path, "tests", "clients", "s3"),
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout);
        _port = int.Parse(line ?? throw new InvalidOperationException("the S3 server did not start"), CultureInfo.InvariantCulture);
    }

    /// <summary>Sends it a signal: STOP has it take connections and answer nothing, CONT has it go on.</summary>
    public Task SignalAsync(string name) =>
        ProgramRun.RunAsync("kill", [$"-{name}", $"{_process!.Id}"], Path.GetTempPath(), StartTimeout);

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public Task DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
        _process = null;
        _directory.Dispose();
    }
}
