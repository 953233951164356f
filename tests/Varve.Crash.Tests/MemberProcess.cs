using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Varve.Crash.Tests;

/// <summary>A member of a consumer as a process of its own, which hands on what it says it has processed.</summary>
internal sealed class MemberProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task _reading;

    public MemberProcess(ChannelWriter<MemberReport> reports, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "Varve.Crash.Member.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync(reports);
    }

    /// <summary>Ends it at once, as kill -9 does. What it said before is handed on.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _reading;
    }

    public Task<string> ErrorsAsync() => _errors;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(ChannelWriter<MemberReport> reports)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            // One that was cut off by the end of the process was not acknowledged.
            long[] numbers = [.. line.Split(' ').Select(n => long.TryParse(n, CultureInfo.InvariantCulture, out long number) ? number : -1)];
            if (numbers.Length == 3)
                await reports.WriteAsync(new MemberReport(this, numbers[0], numbers[1], (int)numbers[2]));
        }

        await reports.WriteAsync(new MemberReport(this, 0, 0, 0));
    }
}
