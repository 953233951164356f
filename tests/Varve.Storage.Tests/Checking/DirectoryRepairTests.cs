using Varve.Storage.Checking;

namespace Varve.Storage.Tests.Checking;

/// <summary>A repair puts back what the log still has, and nothing else is touched.</summary>
public class DirectoryRepairTests
{
    [Theory]
    [InlineData("flipped", true)]
    [InlineData("short", true)]
    [InlineData("missing", true)]
    [InlineData("flipped", false)]
    public async Task Rows_that_the_log_still_has_are_put_back(string damage, bool encrypted)
    {
        await using EngineHost host = await MakeAsync(encrypted);
        await host.CloseAsync();
        string path = Path.Combine(host.Directory, "segments", "0000000001.seg");
        await DamageAsync(path, damage);

        RepairReport report = await DirectoryRepair.RunAsync(host.Directory, null, host.Options.LogSizes, CancellationToken.None);
        Assert.All(report.PutBack, d => Assert.Equal(("s", path), (d.Stream, d.File)));
        Assert.NotEmpty(report.PutBack);
        Assert.Empty(report.Left.Damage);
        Assert.Empty(report.Reasons);
        await host.OpenAsync();
        StreamView view = host.Engine.OpenView("s");
        Assert.Equal(Enumerable.Range(0, 1510).Select(n => (long)n), view.Numbers());
        Assert.Equal(view.Times().Order(), view.Times());
        Assert.Equal("text 7", view.Column("text")[7]);
    }

    [Fact]
    public async Task Rows_that_the_log_has_no_more_are_named_and_their_file_stays()
    {
        await using EngineHost host = await MakeAsync(encrypted: true);
        Random random = new(1);
        for (int i = 0; i < 20; i++)
            await host.Engine.AppendAsync("s", Rows.Of([.. Enumerable.Range(0, 5_000).Select(_ => random.NextInt64())]));
        await host.Engine.FlushAsync("s");
        await host.Engine.FlushAsync("t");
        await host.Engine.CheckpointAsync();
        Assert.True(host.Engine.Statistics.LogBytes < 200_000, $"the log still has {host.Engine.Statistics.LogBytes} bytes");
        await host.CloseAsync();
        string path = Path.Combine(host.Directory, "segments", "0000000001.seg");
        await DamageAsync(path, "flipped");
        byte[] before = await File.ReadAllBytesAsync(path);

        RepairReport report = await DirectoryRepair.RunAsync(host.Directory, null, host.Options.LogSizes, CancellationToken.None);
        Assert.Empty(report.PutBack);
        Damage left = Assert.Single(report.Left.Damage);
        Assert.Equal(("s", path, 0, 1000), (left.Stream, left.File, left.FirstOffset, left.EndOffset));
        Assert.Contains("does not have all of its rows", Assert.Single(report.Reasons), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }

    private static async Task DamageAsync(string path, string damage)
    {
        byte[] bytes = await File.ReadAllBytesAsync(path);
        switch (damage)
        {
            case "flipped":
                bytes[bytes.Length / 4] ^= 1;
                await File.WriteAllBytesAsync(path, bytes);
                break;
            case "short":
                await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)]);
                break;
            default:
                File.Delete(path);
                break;
        }
    }

    /// <summary>Two segments of 1,000 and 500 rows, a batch in a group among them, and rows in the log only.</summary>
    private static async Task<EngineHost> MakeAsync(bool encrypted)
    {
        EngineHost host = await EngineHost.StartAsync(o => o with { Compacts = false, Keys = new KeyOptions { Encrypt = encrypted } });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.CreateStreamAsync("t", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 600));
        await host.Engine.AppendAsync([new StreamAppend("s", Rows.Range(600, 400)), new StreamAppend("t", Rows.Of(1))], AppendOptions.None);
        await host.Engine.FlushAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(1000, 500));
        await host.Engine.FlushAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(1500, 10));
        await host.Engine.CheckpointAsync();
        return host;
    }
}
