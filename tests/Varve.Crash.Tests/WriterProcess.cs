using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Varve.Crash.Writer;

namespace Varve.Crash.Tests;

/// <summary>
/// A writer process: started, listened to, frozen, killed. What it printed before it died is complete when <see cref="KillAsync"/> or
/// <see cref="EndAsync"/> returns.
/// </summary>
internal sealed partial class WriterProcess : IDisposable
{
    private const int SignalKill = 9;
    private const int SignalStop = 19;

    private static readonly TimeSpan EndTimeout = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly bool _isWrapped;
    private readonly List<Acknowledged> _acknowledged = [];
    private readonly Dictionary<string, long> _seen = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private WriterProcess(Process process, bool isWrapped)
    {
        _process = process;
        _isWrapped = isWrapped;
        _reading = Task.Run(ReadAsync);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Completes with the first acknowledgement, or when the process ends without one.</summary>
    public Task FirstAcknowledgement => _started.Task;

    /// <summary>What it said on its error output. Completes when it has ended.</summary>
    public Task<string> Errors => _errors;

    /// <summary>The end offset that a reader in the process saw last, by stream. Complete when the process has ended.</summary>
    public IReadOnlyDictionary<string, long> Seen => _seen;

    /// <param name="directory">The data directory.</param>
    /// <param name="seed">Of what is written.</param>
    /// <param name="writerCount">Writers, each of which waits for its acknowledgements.</param>
    /// <param name="streamCount">Streams, s0 and so on.</param>
    /// <param name="firstBatch">The number of every writer's first batch.</param>
    /// <param name="wrapper">A program with arguments that runs it, such as strace.</param>
    public static WriterProcess Start(
        string directory, int seed, int writerCount, int streamCount, int firstBatch, params string[] wrapper)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        string[] words = [.. wrapper, host, "exec", typeof(CrashRows).Assembly.Location, directory, .. new[] { seed, writerCount, streamCount, firstBatch }
            .Select(n => n.ToString(CultureInfo.InvariantCulture))];
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };

        // The calls of its own start would be counted as ours.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new WriterProcess(Process.Start(start)!, wrapper.Length > 0);
    }

    /// <summary>Stops it where it is, so that it says nothing more.</summary>
    public void Freeze() => Signal(SignalStop);

    /// <summary>Ends the process at once, as kill -9 does, and returns what it said.</summary>
    public async Task<IReadOnlyList<Acknowledged>> KillAsync()
    {
        if (_process.HasExited && !_isWrapped)
            throw new InvalidOperationException($"the writer ended by itself with {_process.ExitCode}: {await _errors}");
        Signal(SignalKill);
        return await EndAsync();
    }

    /// <summary>Waits until it has ended, and returns what it said.</summary>
    public async Task<IReadOnlyList<Acknowledged>> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(EndTimeout);
        await _reading;
        return _acknowledged;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Signal(SignalKill);
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        // What runs it would leave it alone when it is killed itself.
        foreach (int id in _isWrapped ? Children() : [_process.Id])
            _ = Kill(id, signal);
    }

    private int[] Children()
    {
        string file = $"/proc/{_process.Id}/task/{_process.Id}/children";
        try
        {
            return [.. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private async Task ReadAsync()
    {
        // Read raw, because a last line without its end was not printed whole.
        string rest = "";
        char[] buffer = new char[1 << 16];
        while (await _process.StandardOutput.ReadAsync(buffer) is var read and > 0)
        {
            string[] lines = (rest + new string(buffer, 0, read)).Split('\n');
            rest = lines[^1];
            foreach (string line in lines.AsSpan()[..^1])
                Take(line);
        }

        _started.TrySetResult();
    }

    private void Take(string line)
    {
        if (line == "ready")
            return;
        string[] words = line.Split(' ');
        if (words[0] == "seen")
        {
            _seen[words[1]] = long.Parse(words[2], CultureInfo.InvariantCulture);
            return;
        }

        long[] numbers = [.. words.Skip(1).Select(w => long.Parse(w, CultureInfo.InvariantCulture))];
        _acknowledged.Add(new Acknowledged(words[0], numbers[0], numbers[1], numbers[2], (int)numbers[3]));
        _started.TrySetResult();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
