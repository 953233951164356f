using Varve.Storage.FileSystem;
using Varve.Storage.Log;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Log;

public sealed class LogRestoreTests(ITestOutputHelper output)
{
    private static readonly LogSizes Sizes = new() { PageBytes = 4096, MemoryBytes = 32 << 10, SegmentBytes = 16 << 10, ZeroAheadBytes = 0 };

    /// <summary>From no entry to many files, entries that just fill a page among them, beginning anywhere: it is read back and goes on.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public async Task Entries_of_another_log_are_a_log_that_goes_on(int count)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        using TempDirectory directory = new("log");
        LogPosition first = new(count == 0 ? 1 : 77);
        List<byte[]> expected = [];
        using (LogRestore restore = new(LinuxFileSystem.Instance, directory.Path, Sizes, first))
        {
            for (int i = 0; i < count; i++)
            {
                byte[] payload = new byte[random.Next(8) == 0 ? 4096 - 44 : random.Next(600)];
                random.NextBytes(payload);
                expected.Add(payload);
                restore.Add(1, payload);
            }

            restore.Finish();
        }

        for (int opening = 0; opening < 2; opening++)
        {
            List<byte[]> found = [];
            DurableLogOptions options = new()
            {
                Directory = directory.Path,
                PageBytes = Sizes.PageBytes,
                MemoryBytes = Sizes.MemoryBytes,
                SegmentBytes = Sizes.SegmentBytes,
                ZeroAheadBytes = 0,
            };
            await using DurableLog log = await DurableLog.OpenAsync(
                options,
                entry =>
                {
                    Assert.Equal(first.Value + found.Count, entry.Position.Value);
                    found.Add(entry.Payload.ToArray());
                },
                default);
            Assert.Equal(expected, found);
            expected.Add([1, 2, 3]);
            Assert.Equal(first.Value + found.Count, log.Enqueue([1, 2], [3]).Value);
            await log.CommitAsync();
        }
    }

    [Fact]
    public void An_entry_that_no_page_holds_is_refused()
    {
        using TempDirectory directory = new("log");
        using LogRestore restore = new(LinuxFileSystem.Instance, directory.Path, Sizes, new LogPosition(1));
        var refused = Assert.Throws<StorageException>(() => restore.Add(1, new byte[4096 - 43]));
        Assert.Equal(StorageErrorCode.Unsupported, refused.Code);
    }
}
