using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Verify;

/// <summary>How a long verification says how far it is.</summary>
public sealed class VerifyProgressTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_tells_how_much_it_read_of_what_it_will(bool isFull)
    {
        await using BackupHost host = await BackupHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        for (int i = 0; i < 6; i++)
        {
            await host.Engine.AppendAsync("s", Rows.Of([.. Enumerable.Range(i * 1000, 1000).Select(n => (long)n)]));
            await host.Engine.FlushAsync("s");
        }

        SnapshotDescription snapshot = await host.SnapshotAsync();
        await using SnapshotRepository repository = await host.OpenAsync();
        Told told = new();

        Assert.Empty((await repository.VerifyAsync(isFull, told)).Problems);

        Assert.InRange(told.All.Count, isFull ? 2 * snapshot.SegmentCount : snapshot.SegmentCount, int.MaxValue);
        Assert.Equal(told.All.Order(), told.All);
        Assert.Equal(told.Total, told.All[^1]);
        Assert.InRange(told.Total, snapshot.Bytes / 2, snapshot.Bytes * 3);
    }

    private sealed class Told : IProgress<BackupProgress>
    {
        public List<long> All { get; } = [];

        public long Total { get; private set; }

        public void Report(BackupProgress value)
        {
            All.Add(value.DoneBytes);
            Assert.Equal(0, value.WrittenBytes);
            Assert.True(Total == 0 || Total == value.TotalBytes, $"{value.TotalBytes} after {Total}");
            Total = value.TotalBytes;
        }
    }
}
