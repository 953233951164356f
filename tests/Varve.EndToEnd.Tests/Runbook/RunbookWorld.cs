using System.Diagnostics;
using System.Text.RegularExpressions;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Runbook;

/// <summary>
/// A machine to follow the runbook on: a shell, the real command, daemons on ports that the system chose. The page's directories are directories in a
/// scratch one, and its examples are what they stand for; nothing else of a command is changed. One test.
/// </summary>
internal sealed partial class RunbookWorld : IAsyncDisposable
{
    private static readonly string[] Roots = ["/var/lib/", "/mnt/backup/", "/etc/varve/"];
    private static readonly string[] Programs = ["varve ", "(umask 077; openssl ", "rm -r /var/lib/"];
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _directory = new("runbook");
    private readonly List<string> _exports = [];
    private readonly List<Process> _daemons = [];
    private string _endpoint = "127.0.0.1:1";

    public RunbookWorld()
    {
        foreach (string root in Roots)
            Directory.CreateDirectory(PathOf(root));
        string command = _directory.File("varve");
        File.WriteAllText(command, $"#!/bin/sh\nexec dotnet exec '{Path.Combine(AppContext.BaseDirectory, "varve.dll")}' \"$@\"\n");
        using Process chmod = Process.Start("chmod", ["+x", command]);
        chmod.WaitForExit();
    }

    /// <summary>What an example of the page stands for.</summary>
    public Dictionary<string, string> Examples { get; } = [];

    /// <summary>Asked while a command follows, until it says that it may end.</summary>
    public Func<Task<bool>> HasFollowed { get; set; } = () => Task.FromResult(true);

    /// <summary>Where a path of the page is.</summary>
    public string PathOf(string path) => _directory.Path + path;

    public Task RunAsync(RunbookCommand command)
    {
        string text = Mapped(command.Text);
        if (text.StartsWith("export ", StringComparison.Ordinal))
        {
            _exports.Add(text);
            return Task.CompletedTask;
        }

        return !Programs.Any(p => command.Text.StartsWith(p, StringComparison.Ordinal))
            ? throw new InvalidDataException($"nobody has said how to try '{command.Text}': known are {string.Join(", ", Programs)}")
            : text.StartsWith("varve serve ", StringComparison.Ordinal) ? ServeAsync(text)
            : text.EndsWith(" --follow", StringComparison.Ordinal) ? FollowAsync(text)
            : RunTextAsync(text, command.ExitCode);
    }

    /// <summary>Runs a command that is not of the page, and gives what it printed.</summary>
    public Task<string> RunAsync(string command) => RunTextAsync(Mapped(command), 0);

    /// <summary>Starts a daemon; the one before it is stopped.</summary>
    public Task ServeAsync(string command, bool stopsOther = true) => ServeMappedAsync(Mapped(command), stopsOther);

    public string Endpoint => _endpoint;

    /// <summary>Ends the daemon as a power cut of its process.</summary>
    public async Task KillAsync()
    {
        foreach (Process daemon in _daemons.Where(d => !d.HasExited))
        {
            daemon.Kill();
            await daemon.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _daemons.ForEach(d => d.Dispose());
        _directory.Dispose();
    }

    private Task ServeAsync(string mapped) => ServeMappedAsync(mapped, stopsOther: true);

    private async Task ServeMappedAsync(string mapped, bool stopsOther)
    {
        foreach (Process other in _daemons.Where(d => stopsOther && !d.HasExited))
            await EndAsync(other, "TERM");
        Process daemon = Start($"exec {mapped}");
        _daemons.Add(daemon);
        Task<string> errors = daemon.StandardError.ReadToEndAsync();
        string line = await daemon.StandardOutput.ReadLineAsync().WaitAsync(CommandTimeout) ?? "";
        Match serving = Serving().Match(line);
        Assert.True(serving.Success, $"{mapped}: {line} {(daemon.HasExited ? await errors : "")}");
        _endpoint = serving.Groups[1].Value;
    }

    private async Task FollowAsync(string mapped)
    {
        using Process following = Start($"exec {mapped}");
        Task<string> output = following.StandardOutput.ReadToEndAsync();
        Task<string> errors = following.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(CommandTimeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!following.HasExited && !await HasFollowed())
            await timer.WaitForNextTickAsync(late.Token);
        await EndAsync(following, "INT");
        Assert.True(following.ExitCode == 0, $"{mapped}: exit code {following.ExitCode}: {await errors} {await output}");
    }

    private async Task<string> RunTextAsync(string mapped, int exitCode)
    {
        using Process process = Start(mapped);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(CommandTimeout);
        await process.WaitForExitAsync(late.Token);
        Assert.True(process.ExitCode == exitCode, $"{mapped}: exit code {process.ExitCode}, expected {exitCode}: {await errors} {await output}");
        return await output;
    }

    private Process Start(string mapped)
    {
        var start = new ProcessStartInfo("env", [.. VarveProgram.HearsInterrupts, "bash", "-c", string.Join("; ", [.. _exports, mapped])])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory.Path,
        };
        start.Environment["PATH"] = $"{_directory.Path}:{start.Environment["PATH"]}";
        start.Environment["VARVE_ENDPOINT"] = _endpoint;
        start.Environment["VARVE__LISTEN__GRPC"] = "127.0.0.1:0";
        start.Environment["VARVE__LISTEN__HTTP"] = "127.0.0.1:0";
        return Process.Start(start)!;
    }

    private static async Task EndAsync(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
        using var late = new CancellationTokenSource(CommandTimeout);
        await process.WaitForExitAsync(late.Token);
    }

    private string Mapped(string command)
    {
        foreach ((string example, string value) in Examples.OrderByDescending(e => e.Key.Length))
            command = command.Replace(example, value, StringComparison.Ordinal);
        foreach (string root in Roots)
            command = command.Replace(root, PathOf(root), StringComparison.Ordinal);
        foreach (Match path in AbsolutePath().Matches(command))
            Assert.True(path.Value.StartsWith(_directory.Path, StringComparison.Ordinal), $"{path.Value} in '{command}' is none of {string.Join(", ", Roots)}");
        return command;
    }

    [GeneratedRegex(@"^varve serves (\S+) ")]
    private static partial Regex Serving();

    [GeneratedRegex(@"(?<=[\s=']|^)/\S+")]
    private static partial Regex AbsolutePath();
}
