using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Varve.Client;
using Varve.EndToEnd.Tests.CommandLine;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Migration;

/// <summary>Streams that go from one node to another, and files that go in once, through kills.</summary>
public sealed partial class CopyTests(SharedDaemon source, OtherDaemon other) : IClassFixture<SharedDaemon>, IClassFixture<OtherDaemon>
{
    private const int SignalInterrupt = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static string Flights => RepositoryRoot.Data("flights", "flights-200k.arrow");

    private VarveDaemon Source => source.Daemon;

    private VarveDaemon Target => other.Daemon;

    [Fact]
    public async Task A_copy_that_was_killed_goes_on_and_ends_equal()
    {
        (await Source.RunAsync("stream", "create", "settled", "-c", "n int64", "--retain-rows", "1000000000")).Successful();
        (await Source.RunAsync("append", "flights", Flights, "--json")).Successful();
        using (Process copy = Target.StartCommand("copy", "flights", "--from", Source.Endpoint, "--follow", "--json"))
        {
            await ReachesAsync(Target, "flights", rows: 1);
            copy.Kill();
            await copy.WaitForExitAsync();
        }

        JsonElement rest = Json(await Target.RunAsync("copy", "flights", "--from", Source.Endpoint, "--json"));
        JsonElement again = Json(await Target.RunAsync("copy", "flights", "--from", Source.Endpoint, "--json"));

        Assert.True(rest.GetProperty("rows_before").GetInt64() > 0);
        Assert.Equal(200_000, rest.GetProperty("end_offset").GetInt64());
        Assert.Equal(0, again.GetProperty("rows").GetInt64());
        Assert.Equal(await RowsAsync(Source, "flights"), await RowsAsync(Target, "flights"));
        Json(await Target.RunAsync("copy", "settled", "--from", Source.Endpoint, "--json"));
        Assert.Contains("newest 1,000,000,000 rows", (await Target.RunAsync("stream", "describe", "settled")).Successful(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_follows_rows_and_columns_until_it_is_interrupted()
    {
        await AppendAsync("followed", "n\n1\n2\n");
        using Process copy = Target.StartCommand("copy", "followed", "--from", Source.Endpoint, "--as", "follower", "--follow", "--json");
        await ReachesAsync(Target, "follower", rows: 2);
        await AppendAsync("followed", "n\n3\n");
        (await Source.RunAsync("stream", "alter", "followed", "--add-column", "note utf8")).Successful();
        await AppendAsync("followed", "n,note\n4,neu\n");
        await ReachesAsync(Target, "follower", rows: 4);

        Assert.Equal(0, Signal(copy.Id, SignalInterrupt));
        using var late = new CancellationTokenSource(Patience);
        await copy.WaitForExitAsync(late.Token);

        string errors = await copy.StandardError.ReadToEndAsync(late.Token);
        Assert.True(copy.ExitCode == 0, errors);
        Assert.Equal(4, JsonDocument.Parse(await copy.StandardOutput.ReadToEndAsync(late.Token)).RootElement.GetProperty("end_offset").GetInt64());
        Assert.Equal(await RowsAsync(Source, "followed"), await RowsAsync(Target, "follower"));
    }

    [Fact]
    public async Task What_is_no_copy_is_left_alone()
    {
        await AppendAsync("original", "n\n1\n");
        (await Target.RunAsync("stream", "create", "other_columns", "-c", "m int64")).Successful();
        (await Target.RunAsync("stream", "create", "longer", "-c", "n int64")).Successful();
        (await Target.RunWithInputAsync("n\n1\n2\n", "append", "longer", "-", "--input", "csv")).Successful();

        VarveResult columns = await Target.RunAsync("copy", "original", "--from", Source.Endpoint, "--as", "other_columns");
        VarveResult longer = await Target.RunAsync("copy", "original", "--from", Source.Endpoint, "--as", "longer");
        VarveResult nowhere = await Target.RunAsync("copy", "nowhere", "--from", Source.Endpoint);
        VarveResult same = await Source.RunAsync("copy", "original", "--from", Source.Endpoint);

        Assert.Contains("column 1", columns.Errors, StringComparison.Ordinal);
        Assert.Contains("no copy", longer.Errors, StringComparison.Ordinal);
        Assert.Contains("nowhere", nowhere.Errors, StringComparison.Ordinal);
        Assert.Equal(2, same.ExitCode);
    }

    [Fact]
    public async Task A_file_goes_in_once_through_a_kill()
    {
        string[] arguments = ["append", "once", Flights, "--producer", "flights once", "--json"];
        using (Process append = Source.StartCommand(arguments))
        {
            await ReachesAsync(Source, "once", rows: 1);
            append.Kill();
            await append.WaitForExitAsync();
        }

        JsonElement rest = Json(await Source.RunAsync(arguments));
        JsonElement again = Json(await Source.RunAsync(arguments));

        Assert.True(rest.GetProperty("rows_before").GetInt64() > 0);
        Assert.Equal(200_000, rest.GetProperty("rows").GetInt64() + rest.GetProperty("rows_before").GetInt64());
        Assert.Equal((0, 200_000), (again.GetProperty("rows").GetInt64(), again.GetProperty("rows_before").GetInt64()));
        (await Source.RunAsync("append", "plain", Flights, "--json")).Successful();
        Assert.Equal(await RowsAsync(Source, "plain"), await RowsAsync(Source, "once"));
    }

    private async Task AppendAsync(string stream, string csv) =>
        (await Source.RunWithInputAsync(csv, "append", stream, "-", "--input", "csv")).Successful();

    /// <summary>Waits until the stream is there and has so many rows.</summary>
    private static async Task ReachesAsync(VarveDaemon daemon, string stream, int rows)
    {
        using var late = new CancellationTokenSource(Patience);
        using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await client.ListStreamsAsync(stream, late.Token)).All(s => s.Name != stream))
            await timer.WaitForNextTickAsync(late.Token);
        await foreach (StreamRows read in client.ReadAsync(stream, new ReadOptions { Follow = true, FromOffset = 0, MaxRows = rows }, late.Token))
        {
            if (read.NextOffset >= rows)
                return;
        }
    }

    private static async Task<string> RowsAsync(VarveDaemon daemon, string stream) =>
        (await daemon.RunAsync("query", $"select * exclude (_time) from {stream} order by _offset", "--format", "csv")).Successful();

    private static JsonElement Json(VarveResult result) => JsonDocument.Parse(result.Successful()).RootElement;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
