using System.Diagnostics;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Benchmarks.Tests;

public class TinyRunTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    [Fact]
    public Task The_log_is_measured() => RunsAsync("Varve.Benchmarks", "ratio", "durable-append", "0.1", "1", Scratch, "100", "2");

    [Fact]
    public Task The_engine_is_measured() => RunsAsync("Varve.Benchmarks", "ratio", "engine-append", "0.1", "1", Scratch, "1024", "2");

    [Fact]
    public Task Sql_is_measured() => RunsAsync("Varve.Benchmarks", "median", "sql-scan", "50000", "1");

    [Fact]
    public Task Segments_are_measured_next_to_Parquet() => RunsAsync("Varve.Benchmarks", "flights", "segment-sizes", "70000", "flights", "columns");

    [Fact]
    public Task Columns_of_segments_are_measured() => RunsAsync("Varve.Benchmarks", "latency_ms", "segment-speed", "70000", "1");

    [Fact]
    public Task Sql_over_segments_is_measured() => RunsAsync("Varve.Benchmarks", "encryption costs", "segment-scan", "50000", "1");

    [Fact]
    public Task Sealing_and_merging_are_measured() => RunsAsync("Varve.Benchmarks", "merge", "seal-speed", "70000", "1");

    [Fact]
    public Task Appends_over_grpc_are_measured() =>
        RunsAsync("Varve.Load", "ratio", "append", "seconds=0.1", "repetitions=1", "bytes=100", "writers=2");

    [Fact]
    public Task Numbers_and_consumers_are_measured() =>
        RunsAsync("Varve.Load", "bare write and fdatasync", "delivery", "writers=4", "rounds=1", "milliseconds=100");

    [Fact]
    public Task Snapshots_are_measured_next_to_restic() => RunsAsync("Varve.Load", "the second snapshot added", "backup", "mib=4", "rounds=1");

    [Fact]
    public Task Appends_beside_snapshots_are_measured() =>
        RunsAsync("Varve.Load", "p99 with a snapshot", "backup-latency", "mib=4", "rounds=1", "rate=200", "milliseconds=200");

    [Fact]
    public Task DoGet_is_measured() => RunsAsync("Varve.Load", "DoGet", "doget", "mib=2", "passes=1", "rounds=1");

    [Fact]
    public Task The_first_rows_of_a_statement_are_measured() =>
        RunsAsync("Varve.Load", "held", "first-row", $"file={RepositoryRoot.Data("flights", "flights-200k.arrow")}", "rounds=2", "limit=60000");

    [Fact]
    public Task A_daemon_is_held_to_its_memory() => RunsAsync("Varve.Load", "held", "memory", "rows=100000", "limit=512MiB", "gap=60000");

    [Fact]
    public Task Decoding_is_measured() => RunsAsync("Varve.Benchmarks", "ratio", "vector-decode", "0.001", "1");

    [Fact]
    public Task Doubles_of_every_sample_take_at_most_five_percent_more_than_was_published() =>
        RunsAsync("Varve.Benchmarks", "of what was published, goal 1.05: reached", "vector-sizes");

    private static string Scratch => Path.GetTempPath();

    /// <summary>Runs a benchmark program to its end and looks for what its table must say.</summary>
    private async Task RunsAsync(string program, string said, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        foreach (string argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> printed = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await Task.WhenAll(printed, errors, process.WaitForExitAsync()).WaitAsync(Timeout);
        output.WriteLine(await printed);
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Contains(said, await printed, StringComparison.Ordinal);
    }
}
