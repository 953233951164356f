using System.Diagnostics;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Client;
using Varve.Load.Append;
using Varve.Protocol.V1;
using Varve.Rpc.Client;

namespace Varve.Load.Follow;

/// <summary>
/// Followers of one stream that wait for rows: what memory and processor time they cost the daemon, and how long one row takes to reach all of them.
/// Fails where that is more than was promised.
/// </summary>
internal sealed class FollowersScenario : IScenario
{
    private const string Stream = "followed";
    private const int ChannelCount = 8;
    private const double MemoryMaxMegabytes = 100;

    /// <summary>Of one processor: below what can be told from the daemon's own rest.</summary>
    private const double ProcessorShareMax = 0.01;

    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64)]);
    private static readonly TimeSpan ReachMax = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = TimeProvider.System;

    public string Name => "followers";

    public string Summary => "idle followers of one stream, then one row to all: followers=1000 idle=10 (s)";

    public async Task RunAsync(LoadArguments arguments)
    {
        int count = arguments.Number("followers", 1000);
        var idle = TimeSpan.FromSeconds(arguments.Number("idle", 10));
        string directory = Directory.CreateTempSubdirectory("varve-load-").FullName;
        using Process daemon = ScenarioProcess.Start(AppendDaemon.Scenario);
        try
        {
            await daemon.StandardInput.WriteLineAsync(directory);
            string endpoint = await daemon.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the daemon did not start");
            using var client = new VarveClient(new VarveClientOptions { Endpoint = endpoint });
            await client.CreateStreamAsync(Stream, Columns);
            GrpcChannel[] channels = [.. Enumerable.Range(0, ChannelCount).Select(_ => new GrpcChannel(new Uri($"http://{endpoint}")))];

            // The first ones warm the daemon up; they are not counted.
            await OpenAsync(channels, ChannelCount);
            (long memoryBefore, TimeSpan idleBefore) = await RestAsync(daemon, idle);
            ServerStreamingCall<ReadResponse>[] followers = await OpenAsync(channels, count);

            // What opening them has set going, compiling above all, ends first.
            await RestAsync(daemon, idle);
            (long memoryAfter, TimeSpan idleAfter) = await RestAsync(daemon, idle);
            Task<ReadResponse?>[] rows = [.. followers.Select(f => f.ResponseStream.ReadAsync().AsTask())];
            await client.AppendAsync(Stream, new RecordBatchBuilder(Columns).AppendRow(1L).Build());
            long acknowledged = _time.GetTimestamp();
            await Task.WhenAll(rows);
            TimeSpan reached = _time.GetElapsedTime(acknowledged);
            Judge(count, memoryAfter - memoryBefore, (idleAfter - idleBefore) / idle, reached);
            foreach (IDisposable open in followers.Concat<IDisposable>(channels))
                open.Dispose();
        }
        finally
        {
            daemon.StandardInput.Close();
            await daemon.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Followers that have got the schema and wait.</summary>
    private static async Task<ServerStreamingCall<ReadResponse>[]> OpenAsync(GrpcChannel[] channels, int count)
    {
        var request = new ReadRequest { Stream = Stream, Follow = true };
        ServerStreamingCall<ReadResponse>[] followers =
        [
            .. Enumerable.Range(0, count).Select(i => channels[i % channels.Length].ServerStreaming<ReadRequest, ReadResponse>(
                StreamsReflection.Descriptor.Services[0].FindMethodByName("Read"), request)),
        ];
        await Task.WhenAll(followers.Select(f => f.ResponseStream.ReadAsync().AsTask()));
        return followers;
    }

    /// <summary>The daemon's resident memory after a rest, and the processor time that it took meanwhile.</summary>
    private async Task<(long MemoryBytes, TimeSpan Processor)> RestAsync(Process daemon, TimeSpan rest)
    {
        daemon.Refresh();
        TimeSpan before = daemon.TotalProcessorTime;
        await Task.Delay(rest, _time);
        daemon.Refresh();
        return (daemon.WorkingSet64, daemon.TotalProcessorTime - before);
    }

    private static void Judge(int count, long memoryBytes, double processorShare, TimeSpan reached)
    {
        double megabytes = memoryBytes / 1e6;
        Console.WriteLine($"{count} followers: {megabytes:N1} MB, {1000.0 * megabytes / count:N0} kB each; "
            + $"{100 * processorShare:N2} % of a processor more than without them; a row reached all {reached.TotalMilliseconds:N0} ms after its acknowledgement");
        if (megabytes > MemoryMaxMegabytes)
            throw new ScenarioFailedException($"they take {megabytes:N1} MB, more than {MemoryMaxMegabytes:N0}");
        if (processorShare > ProcessorShareMax)
            throw new ScenarioFailedException($"they take {100 * processorShare:N2} % of a processor while they wait");
        if (reached > ReachMax)
            throw new ScenarioFailedException($"the row took {reached.TotalMilliseconds:N0} ms to reach all of them");
        Console.WriteLine("held");
    }
}
