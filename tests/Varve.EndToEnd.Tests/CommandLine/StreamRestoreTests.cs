using System.Globalization;
using System.Text;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.CommandLine;

/// <summary>varve snapshot restore --as, against a daemon that is killed in the middle, and in the cases where it cannot be.</summary>
public sealed class StreamRestoreTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TempDirectory _directory = new("stream-restore");
    private VarveDaemon _daemon = null!;

    private string SegmentsPath => _directory.File("data", "segments");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_directory.File("key"), string.Concat(Enumerable.Repeat("0123456789abcdef", 4)));
        await ProgramRun.RunAsync("chmod", ["600", _directory.File("key")], _directory.Path, TimeSpan.FromMinutes(1));
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        _directory.Dispose();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task A_daemon_that_is_killed_in_the_middle_has_nothing_of_the_stream_and_can_begin_anew()
    {
        for (int i = 0; i < 3; i++)
        {
            await File.WriteAllTextAsync(_directory.File("orders.csv"), Rows(i, 20_000));
            await RunAsync("append", "orders", _directory.File("orders.csv"));
            await RunAsync("stream", "flush", "orders");
        }

        await RunAsync("snapshot", "create", "--limit", "100MB/s");
        string[] before = Segments();
        using System.Diagnostics.Process restoring = _daemon.StartCommand("snapshot", "restore", "--stream", "orders", "--as", "again", "--limit", "300kB/s");
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Segments().Length == before.Length && !restoring.HasExited)
            await timer.WaitForNextTickAsync(late.Token);
        await _daemon.KillAsync();
        await restoring.WaitForExitAsync(late.Token);
        Assert.Equal(1, restoring.ExitCode);
        Assert.Contains("varve:", await restoring.StandardError.ReadToEndAsync(late.Token), StringComparison.Ordinal);

        await _daemon.DisposeAsync();
        await StartAsync();
        Assert.DoesNotContain("again", (await RunAsync("stream", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(before, Segments());
        await RunAsync("snapshot", "restore", "--stream", "orders", "--as", "again");
        VarveResult same = await RunAsync(
            "query", "--format", "csv", "select count(*) from orders o join again a on o._offset = a._offset and o._time = a._time and o.text = a.text");
        Assert.Contains("60000", same.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_says_why()
    {
        await File.WriteAllTextAsync(_directory.File("orders.csv"), Rows(0, 100));
        await RunAsync("append", "orders", _directory.File("orders.csv"));
        await RunAsync("snapshot", "create");
        await FailAsync("'orders': it exists already", 1, "--stream", "orders", "--as", "orders");
        await FailAsync("not configured with the repository /nowhere", 1, "--stream", "orders", "--as", "again", "--repo", "/nowhere");
        await FailAsync("no stream 'nothing'", 1, "--stream", "nothing", "--as", "again");
        await FailAsync("offset 101 of stream 'orders'", 1, "--stream", "orders", "--as", "again", "--at-offset", "101");
        await FailAsync("without --to", 2, "--stream", "orders", "--as", "again", "--to", _directory.File("x"));
        await FailAsync("--limit is 'fast'", 2, "--stream", "orders", "--as", "again", "--limit", "fast");
        await RunAsync("stream", "drop", "orders");
        await RunAsync("snapshot", "create");
        await FailAsync("has no stream 'orders'", 1, "--stream", "orders", "--as", "again");
    }

    private static string Rows(int seed, int count)
    {
        var random = new Random(seed);
        StringBuilder rows = new("id,text\n");
        for (int i = 0; i < count; i++)
            rows.Append(CultureInfo.InvariantCulture, $"{i},{random.NextInt64():x}\n");
        return rows.ToString();
    }

    private async Task StartAsync() => _daemon = await VarveDaemon.StartAsync(
        _directory.File("data"), "--backup-repository", _directory.File("repository"), "--backup-key-file", _directory.File("key"));

    private string[] Segments() => [.. Directory.EnumerateFiles(SegmentsPath, "*.seg").Order(StringComparer.Ordinal)];

    private async Task<VarveResult> RunAsync(params string[] arguments)
    {
        VarveResult result = await _daemon.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"varve {string.Join(' ', arguments)}: {result.Errors}");
        return result;
    }

    private async Task FailAsync(string why, int exitCode, params string[] arguments)
    {
        VarveResult result = await _daemon.RunAsync(["snapshot", "restore", .. arguments]);
        Assert.Equal((exitCode, true), (result.ExitCode, result.Errors.Contains(why, StringComparison.Ordinal)));
    }
}
