using Varve.Storage;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Restore;

/// <summary>What a restore to a directory takes, and the moments that it can be told by offsets.</summary>
public sealed class RestoreTests
{
    /// <summary>
    /// An archive of many rows behind one snapshot: their entries are several times the segments that they were sealed into, and none of that is on the disk
    /// at any time.
    /// </summary>
    [Fact]
    public async Task It_takes_no_more_disk_than_what_comes_to_lie_there()
    {
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true });
        await using SnapshotRepository repository = await host.OpenAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.SnapshotAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        for (int i = 0; i < 40; i++)
            await host.Engine.AppendAsync("s", Rows.Range(i * 10_000, 10_000));
        await host.Engine.FlushAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(400_000, 10));
        await archive.ShipAsync();
        RestoreOptions options = host.ToNewDirectory();
        SizeSampler sampler = new(options.Directory + ".restoring");
        RestoreResult restored = await repository.RestoreAsync(options, sampler);
        long end = SizeOf(restored.Directory);
        Assert.Equal(400_010, restored.RowCount);
        IReadOnlyDictionary<string, byte[]> stored = await host.Place.ReadAllAsync();
        Assert.InRange(stored.Where(o => o.Key.StartsWith("data/", StringComparison.Ordinal)).Sum(o => (long)o.Value.Length), 6L << 20, long.MaxValue);
        Assert.InRange(sampler.Peak, 1, end);

        // A control file and one file of the log, which has its full length from the beginning.
        Assert.InRange(SizeOf(Path.Combine(restored.Directory, "log")), 1, host.Node.Options.LogSizes.SegmentBytes + (64 << 10));
        await using StorageEngine engine = await host.OpenAsync(restored);
        Assert.Equal(host.Engine.OpenView("s").Numbers(), engine.OpenView("s").Numbers());
    }

    /// <summary>As shells complete names of directories.</summary>
    [Fact]
    public async Task It_minds_no_separator_at_the_end_of_the_name()
    {
        await using BackupHost host = await BackupHost.StartAsync();
        await using SnapshotRepository repository = await host.OpenAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.SnapshotAsync();
        RestoreOptions options = host.ToNewDirectory();
        RestoreResult restored = await repository.RestoreAsync(options with { Directory = options.Directory + Path.DirectorySeparatorChar });
        Assert.Equal(options.Directory, restored.Directory);
        await using StorageEngine engine = await host.OpenAsync(restored);
        Assert.Equal("s", Assert.Single(engine.List()).Name);
    }

    [Theory]
    [InlineData(1250, 1200, 120)]
    [InlineData(1300, 1300, 130)]
    [InlineData(500, 500, 50)]
    [InlineData(2000, 2000, 190)]
    public async Task It_ends_before_a_stream_goes_beyond_an_offset_and_all_streams_with_it(long offset, long end, long otherEnd)
    {
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true });
        await using SnapshotRepository repository = await host.OpenAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.CreateStreamAsync("other", Rows.Schema);
        await host.SnapshotAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        for (int i = 0; i < 20; i++)
        {
            if (i > 0)
                await host.Engine.AppendAsync("other", Rows.Range(i * 10, 10));
            await host.Engine.AppendAsync("s", Rows.Range(i * 100, 100));
            if (i is 9 or 15)
                await host.SnapshotAsync();
        }

        await archive.ShipAsync();
        RestoreResult restored = await host.RestoreAsync(host.ToNewDirectory() with { End = new StreamEnd("s", offset) });
        await using (StorageEngine engine = await host.OpenAsync(restored))
        {
            Assert.Equal(end, engine.Describe("s").EndOffset);
            Assert.InRange(engine.Describe("other").EndOffset, otherEnd - 10, otherEnd);
        }

        BackupException beyond = await Assert.ThrowsAsync<BackupException>(
            () => host.RestoreAsync(host.ToNewDirectory() with { End = new StreamEnd("s", 2001) }));
        Assert.Contains("reaches offset 2000", beyond.Message, StringComparison.Ordinal);
        BackupException unknown = await Assert.ThrowsAsync<BackupException>(
            () => host.RestoreAsync(host.ToNewDirectory() with { End = new StreamEnd("nothing", 5) }));
        Assert.Contains("'nothing'", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_of_several_nodes_asks_which_is_meant()
    {
        await using BackupHost host = await BackupHost.StartAsync();
        await using BackupHost other = await BackupHost.StartAsync();
        await host.Engine.CreateStreamAsync("ours", Rows.Schema);
        await host.SnapshotAsync();
        await using (SnapshotRepository repository = await host.OpenAsync())
            await repository.CreateAsync(other.Engine);
        BackupException asked = await Assert.ThrowsAsync<BackupException>(() => host.RestoreAsync(host.ToNewDirectory()));
        Assert.Contains(host.Engine.NodeId.ToString(), asked.Message, StringComparison.Ordinal);
        Assert.Contains(other.Engine.NodeId.ToString(), asked.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await host.RestoreAsync(host.ToNewDirectory() with { NodeId = host.Engine.NodeId })).StreamCount);
    }

    private static long SizeOf(string directory)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
            }
            catch (FileNotFoundException) when (i < 100)
            {
                // It got its name meanwhile.
            }
        }
    }

    /// <summary>Looks at a directory with every piece that comes.</summary>
    private sealed class SizeSampler(string directory) : IProgress<BackupProgress>
    {
        private readonly Lock _gate = new();

        public long Peak { get; private set; }

        public void Report(BackupProgress value)
        {
            lock (_gate)
                Peak = Math.Max(Peak, SizeOf(directory));
        }
    }
}
