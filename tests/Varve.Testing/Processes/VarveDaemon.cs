using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Varve.Testing.Processes;

/// <summary>A daemon as a process of its own (`varve serve`), on ports that the system chose.</summary>
public sealed partial class VarveDaemon : IAsyncDisposable
{
    private const int SignalTerminate = 15;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private VarveDaemon(Process process, Task<string> errors, string grpc, string http)
    {
        _process = process;
        _errors = errors;
        _output = process.StandardOutput.ReadToEndAsync();
        Endpoint = grpc;
        HttpEndpoint = http;
    }

    public string Endpoint { get; }

    public string HttpEndpoint { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The most resident memory that the process had at any time, in bytes.</summary>
    public long PeakMemoryBytes => StatusBytes("VmHWM:");

    /// <summary>The resident memory of the process, in bytes.</summary>
    public long MemoryBytes => StatusBytes("VmRSS:");

    /// <summary>Starts on a data directory and waits until it serves.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message has what it said.</exception>
    public static Task<VarveDaemon> StartAsync(string directory, params string[] arguments) =>
        StartAsync(directory, new Dictionary<string, string>(), arguments);

    /// <inheritdoc cref="StartAsync(string, string[])"/>
    public static async Task<VarveDaemon> StartAsync(string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        Process process = VarveProgram.Start(
            ["serve", "--data", directory, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", .. arguments], environment: environment);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Match serving = ServingLine().Match(await process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout) ?? "");
        if (serving.Success)
            return new VarveDaemon(process, errors, serving.Groups[1].Value, serving.Groups[2].Value);
        if (!process.HasExited)
            process.Kill();
        throw new InvalidOperationException($"the daemon did not start: {await errors}");
    }

    /// <summary>A command of the command line against this daemon.</summary>
    public Task<VarveResult> RunAsync(params string[] arguments) => VarveProgram.RunAsync([.. arguments, "--endpoint", Endpoint]);

    /// <summary>Starts a command against this daemon and does not wait for it. The caller disposes it; its output has to be read, or be short.</summary>
    public Process StartCommand(params string[] arguments) => VarveProgram.Start([.. arguments, "--endpoint", Endpoint]);

    public Task<VarveResult> RunWithInputAsync(string input, params string[] arguments) =>
        VarveProgram.RunAsync([.. arguments, "--endpoint", Endpoint], input);

    /// <summary>Ends it at once, as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as service managers do, and gives its exit code and what it logged.</summary>
    public async Task<VarveResult> TerminateAsync()
    {
        if (Signal(_process.Id, SignalTerminate) != 0)
            throw new InvalidOperationException($"process {_process.Id} cannot be signalled: error {Marshal.GetLastPInvokeError()}");
        using var late = new CancellationTokenSource(StartTimeout);
        await _process.WaitForExitAsync(late.Token);
        return new VarveResult(_process.ExitCode, await _output, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private long StatusBytes(string name)
    {
        string line = System.IO.File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan()[name.Length..].TrimEnd(" kB"), CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    [GeneratedRegex(@"^varve serves (\S+) .* and (\S+) ")]
    private static partial Regex ServingLine();
}
