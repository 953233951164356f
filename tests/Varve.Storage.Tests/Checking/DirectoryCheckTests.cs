using Varve.Storage.Checking;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Checking;

/// <summary>Damage in any file of a directory is found by the check, which names the file, and changes nothing.</summary>
public class DirectoryCheckTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_directory_that_is_whole_passes(bool encrypted)
    {
        await using EngineHost host = await MakeAsync(encrypted);
        await host.CloseAsync();
        CheckReport report = await DirectoryCheck.RunAsync(host.Directory);
        Assert.Empty(report.Damage);
        Assert.Equal(2, report.SegmentCount);
        Assert.True(report is { LogEntryCount: > 0, ByteCount: > 0 } && report.FileCount >= 6, $"{report}");
    }

    [Theory]
    [InlineData("node")]
    [InlineData("keyring")]
    [InlineData("checkpoint")]
    [InlineData("log/control")]
    [InlineData("log/0000000000.log")]
    [InlineData("segments/0000000001.seg")]
    public async Task A_flipped_bit_is_found_and_its_file_is_named_and_nothing_changes(string name)
    {
        int seed = TestSeed.Next(output.WriteLine);
        await using EngineHost host = await MakeAsync(encrypted: true);
        await host.CloseAsync();
        string path = Path.Combine(host.Directory, name);
        byte[] whole = await File.ReadAllBytesAsync(path);
        Random random = new(seed);
        int end = name switch { "log/control" => 52, "log/0000000000.log" => 56, _ => whole.Length };
        for (int round = 0; round < 10; round++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(end)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, damaged);
            CheckReport report = await DirectoryCheck.RunAsync(host.Directory);
            Assert.Contains(report.Damage, d => d.File == path);
            Assert.All(report.Damage, d => Assert.NotEmpty(d.Message));
            Assert.Equal(damaged, await File.ReadAllBytesAsync(path));
        }
    }

    [Fact]
    public async Task A_damaged_page_is_reported_with_its_stream_column_and_rows()
    {
        await using EngineHost host = await MakeAsync(encrypted: true);
        await host.CloseAsync();
        string path = Path.Combine(host.Directory, "segments", "0000000001.seg");
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 4] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        Damage damage = Assert.Single((await DirectoryCheck.RunAsync(host.Directory)).Damage);
        Assert.Equal(("s", path), (damage.Stream, damage.File));
        Assert.NotEmpty(damage.Column!);
        Assert.StartsWith("block ", damage.Page, StringComparison.Ordinal);
        Assert.Equal((0, 1000), (damage.FirstOffset, damage.EndOffset));

        // Other pages are not blocked by it, and the one that is damaged is named.
        await host.OpenAsync();
        Assert.Equal(510, host.Engine.OpenView("s").Chunks.Where(c => c.FirstOffset >= 1000).Sum(c => c.Columns.Max(values => values.Length)));
        StorageException e = Assert.Throws<StorageException>(() =>
        {
            StreamView view = host.Engine.OpenView("s");
            _ = (view.Numbers(), view.Column("text"), view.Times());
        });
        Assert.Equal((StorageErrorCode.Corruption, path), (e.Code, e.File));
    }

    [Fact]
    public async Task A_missing_segment_is_reported_with_its_rows()
    {
        await using EngineHost host = await MakeAsync(encrypted: false);
        await host.CloseAsync();
        string path = Path.Combine(host.Directory, "segments", "0000000002.seg");
        File.Delete(path);
        Damage damage = Assert.Single((await DirectoryCheck.RunAsync(host.Directory)).Damage);
        Assert.Equal(("s", path, 1000, 1500), (damage.Stream, damage.File, damage.FirstOffset, damage.EndOffset));
    }

    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        await using EngineHost host = await MakeAsync(encrypted: true);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => DirectoryCheck.RunAsync(host.Directory));
        Assert.Equal(StorageErrorCode.DirectoryLocked, e.Code);
    }

    /// <summary>Two segments of 1,000 and 500 rows, a checkpoint, and rows in the log only.</summary>
    private static async Task<EngineHost> MakeAsync(bool encrypted)
    {
        EngineHost host = await EngineHost.StartAsync(o => o with { Compacts = false, Keys = new KeyOptions { Encrypt = encrypted } });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 1000));
        await host.Engine.FlushAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(1000, 500));
        await host.Engine.FlushAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(1500, 10));
        await host.Engine.CheckpointAsync();
        return host;
    }
}
