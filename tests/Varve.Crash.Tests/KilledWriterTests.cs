using Varve.Storage;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Crash.Tests;

/// <summary>Real processes, killed for real (kill -9) at random moments, again and again on the same directory.</summary>
public class KilledWriterTests(ITestOutputHelper output)
{
    private const int WriterCount = 8;
    private const int StreamCount = 3;

    [Fact]
    public async Task Acknowledged_rows_survive_kill_9_in_order_and_once_and_no_batch_is_torn()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        int acknowledged = 0;
        int untold = 0;
        for (int round = 0; round < KillRounds.Count;)
        {
            using TempDirectory directory = new("crash");
            CrashCheck[] checks = [.. Enumerable.Range(0, StreamCount).Select(i => new CrashCheck("s" + i))];
            for (int life = 0; life < KillRounds.PerDirectory && round < KillRounds.Count; life++, round++)
            {
                IReadOnlyList<Acknowledged> told = await LiveAsync(directory.File("data"), random, life);
                acknowledged += told.Count;
                await JudgeAsync(directory.File("data"), checks, told);
            }

            untold += checks.Sum(c => c.UnacknowledgedCount);
        }

        output.WriteLine($"{KillRounds.Count} kills, {acknowledged} appends acknowledged, {untold} found that nobody was told of");
        Assert.True(acknowledged > KillRounds.Count, "hardly anything was written between the kills");
    }

    /// <summary>Most lives end within the first tenths of a second of writing, a few while the engine opens.</summary>
    private static async Task<IReadOnlyList<Acknowledged>> LiveAsync(string directory, Random random, int life)
    {
        using WriterProcess writer = WriterProcess.Start(directory, random.Next(), WriterCount, StreamCount, firstBatch: life * 1_000_000);
        if (random.Next(6) == 0)
        {
            await Task.Delay(random.Next(50, 300));
        }
        else
        {
            await writer.FirstAcknowledgement.WaitAsync(TimeSpan.FromMinutes(1));
            await Task.Delay(random.Next(400));
        }

        return await writer.KillAsync();
    }

    private static async Task JudgeAsync(string directory, CrashCheck[] checks, IReadOnlyList<Acknowledged> told)
    {
        if (!Directory.Exists(directory))
        {
            Assert.Empty(told);
            return;
        }

        await using StorageEngine engine = await StorageEngine.OpenAsync(new StorageOptions { Directory = directory });
        for (int i = 0; i < checks.Length; i++)
        {
            if (engine.TryDescribe("s" + i, out _))
                checks[i].Judge(engine.OpenView("s" + i), told, WriterCount);
            else if (checks[i].BatchCount > 0 || told.Count > 0)
                throw new CrashCheckException($"stream 's{i}' is gone");
        }
    }
}
