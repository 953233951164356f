using System.Diagnostics;
using System.Globalization;
using Varve.Crash.Writer;

namespace Varve.Crash.Tests;

/// <summary>
/// A writer process: started, listened to, killed. What it printed before it died is complete when <see cref="KillAsync"/> returns.
/// </summary>
internal sealed class WriterProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<Acknowledged> _acknowledged = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private WriterProcess(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Completes with the first acknowledgement, or when the process ends without one.</summary>
    public Task FirstAcknowledgement => _started.Task;

    public static WriterProcess Start(string directory, int seed, int writerCount, int streamCount, int firstBatch)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments = ["exec", typeof(CrashRows).Assembly.Location, directory, .. new[] { seed, writerCount, streamCount, firstBatch }
            .Select(n => n.ToString(CultureInfo.InvariantCulture))];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return new WriterProcess(Process.Start(start)!);
    }

    /// <summary>Ends the process at once, as kill -9 does, and returns what it said.</summary>
    public async Task<IReadOnlyList<Acknowledged>> KillAsync()
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"the writer ended by itself with {_process.ExitCode}: {await _errors}");
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        return _acknowledged;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
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
        long[] numbers = [.. words.Skip(1).Select(w => long.Parse(w, CultureInfo.InvariantCulture))];
        _acknowledged.Add(new Acknowledged(words[0], numbers[0], numbers[1], numbers[2], (int)numbers[3]));
        _started.TrySetResult();
    }
}
