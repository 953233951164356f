using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Crash.Tests;

/// <summary>Real processes, killed for real (kill -9) at random moments, again and again on the same directory.</summary>
public class KilledWriterTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Acknowledged_rows_survive_kill_9_in_order_and_once_and_no_batch_is_torn()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        int acknowledged = 0;
        int untold = 0;
        for (int round = 0; round < KillRounds.OfWriters;)
        {
            using TempDirectory scratch = new("crash");
            WriterDirectory directory = new(scratch.File("data"));
            for (int life = 0; life < KillRounds.PerDirectory && round < KillRounds.OfWriters; life++, round++)
                acknowledged += await LiveAsync(directory, random);
            untold += directory.UnacknowledgedCount;
        }

        output.WriteLine($"{KillRounds.OfWriters} kills, {acknowledged} appends acknowledged, {untold} found that nobody was told of");
        Assert.True(acknowledged > KillRounds.OfWriters, "hardly anything was written between the kills");
    }

    /// <summary>Most lives end within the first tenths of a second of writing, a few while the engine opens.</summary>
    private static async Task<int> LiveAsync(WriterDirectory directory, Random random)
    {
        using WriterProcess writer = directory.Start(random);
        if (random.Next(6) == 0)
        {
            await Task.Delay(random.Next(50, 300));
        }
        else
        {
            await writer.FirstAcknowledgement.WaitAsync(TimeSpan.FromMinutes(1));
            await Task.Delay(random.Next(300));
        }

        IReadOnlyList<Acknowledged> told = await writer.KillAsync();
        await directory.JudgeAsync(told, writer.Seen);
        return told.Count;
    }
}
