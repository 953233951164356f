using System.Diagnostics;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>
/// Rounds of hostile calls, several at a time, until the time is up: VARVE_FUZZ_SECONDS for each kind, else a few. Every call has a seed of its own,
/// made from the printed one, so that one call can be tried again alone.
/// </summary>
internal sealed class Burst(HostileDaemon daemon, ITestOutputHelper output)
{
    private const int CallsAtOnce = 8;
    private const int CallsPerRound = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(
        Environment.GetEnvironmentVariable("VARVE_FUZZ_SECONDS") is { Length: > 0 } given ? int.Parse(given) : 5);

    /// <summary>Makes calls and judges their answers; after each round the daemon must be well.</summary>
    /// <param name="call">Makes one call, by chance, and says what it did; its token says how long the answer is waited for.</param>
    public async Task RunAsync(Func<Random, RawClient, CancellationToken, Task<(string What, RawAnswer Answer)>> call)
    {
        int seed = TestSeed.Next(output.WriteLine);
        long started = Stopwatch.GetTimestamp();
        var statuses = new SortedDictionary<string, int>();
        int count = 0;
        do
        {
            using var client = new RawClient(daemon.Endpoint);
            var some = new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce };
            await Parallel.ForEachAsync(Enumerable.Range(count, CallsPerRound), some, async (number, _) =>
            {
                var random = new Random(unchecked(seed + (number * 7919)));
                using var patience = new CancellationTokenSource(Patience);
                (string what, RawAnswer answer) = await call(random, client, patience.Token);
                string? problem = Verdict.Problem(answer);
                Assert.True(problem is null, $"call {number}, {what}: {problem}: {answer.Message}");
                string status = answer.Status?.ToString() ?? answer.Message;
                lock (statuses)
                    statuses[status] = statuses.GetValueOrDefault(status) + 1;
            });
            count += CallsPerRound;
            await daemon.CheckAsync();
        }
        while (Stopwatch.GetElapsedTime(started) < Time);
        output.WriteLine($"{count} calls: {string.Join(", ", statuses.Select(s => $"{s.Key} {s.Value}"))}");
    }
}
