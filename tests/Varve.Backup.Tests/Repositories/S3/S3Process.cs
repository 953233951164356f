using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Varve.Backup.Repositories.S3;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>
/// An S3 server of another maker as a process, with a bucket on a scratch directory, where it finds again what it stored before it was killed.
/// </summary>
public abstract class S3Process : IAsyncLifetime, IDisposable
{
    protected const string Bucket = "backups";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _directory = new("s3");
    private Process? _process;
    private int _port;
    private int _prefixes;

    /// <summary>Those that the server knows.</summary>
    public abstract AWSCredentials Credentials { get; }

    /// <summary>The most that it lists at once; Amazon's number.</summary>
    public virtual int PageObjectCount => 1000;

    /// <summary>Has what the program needs, and starts it.</summary>
    public virtual Task InitializeAsync() => StartAsync();

    /// <summary>A prefix that nobody has used.</summary>
    public S3Location NextLocation() => Location(Bucket) with { Prefix = $"p{Interlocked.Increment(ref _prefixes)}/" };

    public S3Location Location(string bucket) => S3Location.Parse($"s3://{bucket}/p?endpoint=http://127.0.0.1:{_port}");

    public async Task StartAsync()
    {
        ProcessStartInfo start = Program(_directory.Path, _port);
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout);
        _port = int.Parse(line ?? throw new InvalidOperationException($"{GetType().Name} did not start"), CultureInfo.InvariantCulture);
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
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What to run: it serves the bucket until it is killed, and prints its port once it does.</summary>
    /// <param name="directory">Where it stores.</param>
    /// <param name="port">0: one that the system chooses.</param>
    protected abstract ProcessStartInfo Program(string directory, int port);

    protected virtual void Dispose(bool disposing)
    {
        _process?.Kill();
        _process?.Dispose();
        _process = null;
        _directory.Dispose();
    }
}
