using System.Diagnostics;
using Varve.Storage.FileSystem;
using Varve.Storage.Segments;
using Varve.Storage.Sequencing;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Segments;

namespace Varve.Storage.Tests.Recovery;

public class SegmentDirectoryTests
{
    [Fact]
    public async Task A_segment_without_its_file_or_with_another_length_stops_the_opening()
    {
        await using EngineHost host = await WithSegmentsAsync(3);
        await host.CloseAsync();
        string file = Path.Combine(host.Directory, "segments", "0000000002.seg");
        byte[] bytes = await File.ReadAllBytesAsync(file);
        foreach (byte[]? damaged in new byte[]?[] { null, bytes[..^1], [.. bytes, 0], [] })
        {
            File.Delete(file);
            if (damaged is not null)
                await File.WriteAllBytesAsync(file, damaged);
            StorageException e = await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options));
            Assert.Equal(StorageErrorCode.Corruption, e.Code);
            Assert.Contains(file, e.Message, StringComparison.Ordinal);
            Assert.Contains("rows 10 to 20 of stream 's'", e.Message, StringComparison.Ordinal);
        }

        await File.WriteAllBytesAsync(file, bytes);
        await host.OpenAsync();
    }

    [Fact]
    public async Task A_directory_of_segments_that_is_missing_stops_the_opening()
    {
        await using EngineHost host = await WithSegmentsAsync(1);
        await host.CloseAsync();
        Directory.Delete(Path.Combine(host.Directory, "segments"), recursive: true);
        Assert.Equal(
            StorageErrorCode.Corruption, (await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options))).Code);
        Assert.False(Directory.Exists(Path.Combine(host.Directory, "segments")));
    }

    [Fact]
    public async Task Files_that_no_stream_has_are_deleted_and_their_ids_not_used_again()
    {
        await using EngineHost host = await WithSegmentsAsync(2);
        await host.CloseAsync();
        string directory = Path.Combine(host.Directory, "segments");
        foreach (string orphan in new[] { "0000000007.seg", "0000000009.seg.new", "notes.txt", "7.seg", "0000000007.segx" })
            await File.WriteAllTextAsync(Path.Combine(directory, orphan), "x");
        await host.OpenAsync();
        Assert.Equal(
            ["0000000001.seg", "0000000002.seg", "0000000007.segx", "7.seg", "notes.txt"], LinuxFileSystem.Instance.ListFiles(directory));
        Assert.Equal(10, host.Engine.SegmentChanges.TakeId());
    }

    [Fact]
    public async Task Nothing_is_deleted_where_the_opening_fails()
    {
        await using EngineHost host = await WithSegmentsAsync(2);
        await host.CloseAsync();
        string directory = Path.Combine(host.Directory, "segments");
        File.Move(Path.Combine(directory, "0000000001.seg"), Path.Combine(directory, "0000000008.seg"));
        await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options));
        Assert.Equal(["0000000002.seg", "0000000008.seg"], LinuxFileSystem.Instance.ListFiles(directory));
    }

    [Fact]
    public async Task A_thousand_segments_cost_the_opening_one_look_at_the_directory()
    {
        FaultyFileSystem disk = new();
        await using EngineHost host = await EngineHost.StartAsync(_ => SimulatedOptions.On(disk) with { Compacts = false });
        await AddSegmentsAsync(host, 1_000);
        await host.CloseAsync();
        int looks = 0;
        int opened = 0;
        disk.Before = call =>
        {
            looks += call == "readdir" ? 1 : 0;
            opened += call == "open" ? 1 : 0;
        };
        var watch = Stopwatch.StartNew();
        await host.OpenAsync();
        Assert.Equal(1_000, host.Engine.Describe("s").SegmentCount);
        Assert.InRange(looks, 1, 5);
        Assert.InRange(opened, 1, 200);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
    }

    private static async Task<EngineHost> WithSegmentsAsync(int count)
    {
        EngineHost host = await EngineHost.StartAsync(o => o with { Compacts = false });
        await AddSegmentsAsync(host, count);
        return host;
    }

    private static async Task AddSegmentsAsync(EngineHost host, int count)
    {
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 10 * count));
        for (int i = 0; i < count; i++)
        {
            SegmentInfo segment = TestSegments.Info(host.Engine.SegmentChanges.TakeId(), 1, 10 * i, 10 * (i + 1));
            TestSegments.WriteFile(host.Options, segment);
            Assert.Equal(SegmentOutcome.Done, await host.Engine.SegmentChanges.SealAsync(host.Engine.CatalogHead.Find("s"), segment));
        }
    }
}
