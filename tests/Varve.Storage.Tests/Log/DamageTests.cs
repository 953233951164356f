using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Log;

public sealed class DamageTests
{
    // Five pages in two files, closed in order.
    private static readonly int[][] Groups = [[100, 900, 5], [1500, 1500], [2000, 1000, 700], [3000, 200], [2500, 1000], [3500], [40, 50]];
    private const int Count = 15;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_flipped_bit_changes_what_is_replayed_unnoticed(bool closed)
    {
        LogImage whole = await LogImage.MakeAsync(closed, Groups);
        Assert.Equal(Count, whole.Judge().Count);
        // Without an orderly end nothing on the disk says that the last group was acknowledged.
        int proven = closed ? Count : Count - 2;
        int noticed = 0;
        foreach ((string name, byte[] bytes) in whole.Files)
        {
            LogImage damaged = whole.Copy();
            // Headers, commit records and pages, with some of what follows each.
            foreach (int at in Enumerable.Range(0, bytes.Length).Where(at => at % 4096 < 128 || (name != ControlFile.FileName && bytes[at] != 0)))
            {
                damaged.Files[name][at] ^= (byte)(1 << (at % 8));
                try
                {
                    List<ReplayedEntry> replayed = damaged.Judge();
                    LogTesting.AssertWhole(replayed);
                    Assert.InRange(replayed.Count, proven, Count);
                }
                catch (StorageException failure)
                {
                    Assert.Contains(failure.Code, new[] { StorageErrorCode.Corruption, StorageErrorCode.Unsupported });
                    noticed++;
                }

                damaged.Files[name][at] = bytes[at];
            }
        }

        // Every byte of an entry counts, but for those that align the next.
        Assert.InRange(noticed, Groups.SelectMany(group => group).Sum(), whole.Files.Sum(file => file.Value.Length));
    }

    [Fact]
    public async Task The_report_names_position_file_and_offset()
    {
        LogImage image = await LogImage.MakeAsync(closed: false, Groups);
        (int file, int start, int end) = image.Find(10);
        image[file][end - 9] ^= 4;
        var damage = await Assert.ThrowsAsync<StorageException>(image.ReplayAsync);
        Assert.Equal(StorageErrorCode.Corruption, damage.Code);
        Assert.Contains("entry 10 was expected", damage.Message, StringComparison.Ordinal);
        Assert.Contains($"{Path.Combine(LogTesting.InMemory, LogImage.NameOf(file))}, offset {start}:", damage.Message, StringComparison.Ordinal);
        Assert.Contains("a payload whose checksum does not match", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_log_is_left_as_it_was_found()
    {
        LogImage image = await LogImage.MakeAsync(closed: false, Groups);
        image[0][image.Find(4).End - 9] ^= 4;
        FaultyFileSystem disk = image.ToFileSystem();
        await Assert.ThrowsAsync<StorageException>(() => LogTesting.ReplayAsync(LogTesting.Small(LogTesting.InMemory, disk)));
        Dictionary<string, byte[]> after = disk.Image(LogTesting.InMemory);
        Assert.Equal(image.Files.Keys.Order(), after.Keys.Order());
        Assert.All(image.Files, file => Assert.Equal(file.Value, after[file.Key]));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public async Task Zeroed_blocks_before_the_tail_are_noticed(int blockBytes)
    {
        LogImage whole = await LogImage.MakeAsync(closed: false, Groups);
        (int lastFile, int lastStart, _) = whole.Find(Count - 1);
        int noticed = 0;
        for (int file = 0; file <= lastFile; file++)
        {
            int end = file == lastFile ? lastStart : whole[file].Length;
            for (int at = LogFileHeader.BlockBytes; at + blockBytes <= end; at += blockBytes)
            {
                LogImage damaged = whole.Copy();
                damaged[file].AsSpan(at, blockBytes).Clear();
                noticed += AssertNoticedOrHarmless(damaged);
            }
        }

        Assert.True(noticed > 4);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public async Task Swapped_and_repeated_blocks_are_noticed(int blockBytes)
    {
        LogImage whole = await LogImage.MakeAsync(closed: true, Groups);
        int noticed = 0;
        for (int from = LogFileHeader.BlockBytes; from < whole[0].Length; from += blockBytes)
        {
            for (int to = LogFileHeader.BlockBytes; to < whole[0].Length; to += blockBytes)
            {
                LogImage repeated = whole.Copy();
                whole[0].AsSpan(from, blockBytes).CopyTo(repeated[0].AsSpan(to));
                noticed += AssertNoticedOrHarmless(repeated);
                LogImage swapped = repeated.Copy();
                whole[0].AsSpan(to, blockBytes).CopyTo(swapped[0].AsSpan(from));
                noticed += AssertNoticedOrHarmless(swapped);
            }
        }

        Assert.True(noticed > 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_missing_file_is_noticed(bool closed)
    {
        LogImage whole = await LogImage.MakeAsync(closed, [.. Groups, .. Groups]);
        for (int file = 0; file <= whole.Find(2 * Count).File; file++)
        {
            LogImage damaged = whole.Copy();
            damaged.Files.Remove(LogImage.NameOf(file));
            await AssertCorruptAsync(damaged, LogImage.NameOf(file));
        }
    }

    [Fact]
    public async Task All_entries_missing_is_noticed()
    {
        LogImage image = await LogImage.MakeAsync(closed: false, Groups);
        foreach (string name in image.Files.Keys.Where(name => name != ControlFile.FileName).ToList())
            image.Files.Remove(name);
        await AssertCorruptAsync(image, LogImage.NameOf(0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-4096)]
    [InlineData(1)]
    public async Task A_file_of_another_length_is_noticed(int change)
    {
        LogImage image = await LogImage.MakeAsync(closed: false, Groups);
        byte[] bytes = image[0];
        Array.Resize(ref bytes, bytes.Length + change);
        image.Files[LogImage.NameOf(0)] = bytes;
        await AssertCorruptAsync(image, LogImage.NameOf(0));
    }

    [Fact]
    public async Task Files_that_changed_places_are_noticed()
    {
        LogImage image = await LogImage.MakeAsync(closed: false, Groups);
        (image.Files[LogImage.NameOf(0)], image.Files[LogImage.NameOf(1)]) = (image[1], image[0]);
        await AssertCorruptAsync(image, LogImage.NameOf(0));
    }

    [Fact]
    public async Task A_file_of_another_log_is_noticed()
    {
        LogImage image = await LogImage.MakeAsync(closed: false, Groups);
        image.Files[LogImage.NameOf(0)] = (await LogImage.MakeAsync(closed: false, Groups))[0];
        await AssertCorruptAsync(image, LogImage.NameOf(0));
    }

    [Fact]
    public async Task One_damaged_commit_record_is_survived_and_two_are_not()
    {
        LogImage whole = await LogImage.MakeAsync(closed: false, Groups);
        for (int slot = 1; slot <= 2; slot++)
        {
            LogImage damaged = whole.Copy();
            damaged.Control.AsSpan(slot * 4096, CommitSlot.Bytes).Clear();
            FaultyFileSystem disk = damaged.ToFileSystem();
            (DurableLog log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, disk));
            Assert.Equal(Count, replayed.Count);
            await LogTesting.AppendAsync(log, 10);
            await log.DisposeAsync();
            Assert.Equal(Count + 1, (await LogTesting.ReplayAsync(LogTesting.Small(LogTesting.InMemory, disk))).Count);
        }

        LogImage both = whole.Copy();
        both.Control.AsSpan(4096).Clear();
        await AssertCorruptAsync(both, ControlFile.FileName);
    }

    [Fact]
    public async Task Entries_without_a_control_file_are_not_taken_for_an_empty_log()
    {
        LogImage image = await LogImage.MakeAsync(closed: true, Groups);
        image.Files.Remove(ControlFile.FileName);
        await AssertCorruptAsync(image, ControlFile.FileName);
        image.Files[ControlFile.FileName] = [];
        await AssertCorruptAsync(image, ControlFile.FileName);
    }

    [Fact]
    public async Task An_orderly_end_proves_the_very_last_entry()
    {
        LogImage image = await LogImage.MakeAsync(closed: true, Groups);
        (int file, _, int end) = image.Find(Count);
        image[file][end - 5] ^= 1;
        await AssertCorruptAsync(image, LogImage.NameOf(file));
    }

    [Fact]
    public async Task A_log_that_was_idle_before_a_crash_proves_the_very_last_entry()
    {
        var fileSystem = new FaultyFileSystem();
        DurableLogOptions options = LogTesting.Small(LogTesting.InMemory, fileSystem) with { IdleDelay = TimeSpan.FromMilliseconds(1) };
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        await LogTesting.AppendAsync(log, 100, 200);
        long last = log.DurableUpTo.Value;
        while (ReadRecord(fileSystem).DurableUpTo.Value < last)
            await Task.Yield();
        LogImage image = LogImage.Of(fileSystem);
        await log.DisposeAsync();
        Assert.Equal(2, image.Judge().Count);
        image[0][image.Find(2).End - 9] ^= 1;
        await AssertCorruptAsync(image, LogImage.NameOf(0));
    }

    [Fact]
    public async Task A_newer_format_is_refused_by_name()
    {
        LogImage image = await LogImage.MakeAsync(closed: true, Groups);
        byte[] control = image.Control;
        control[8] = 2;
        control[10] = 2;
        BitConverter.TryWriteBytes(control.AsSpan(52), Crc32C.Compute(control.AsSpan(0, 52)));
        var refused = await Assert.ThrowsAsync<StorageException>(image.ReplayAsync);
        Assert.Equal(StorageErrorCode.Unsupported, refused.Code);
        Assert.Contains("format 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_behind_the_back_of_an_open_log_is_noticed_by_its_readers()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, 100, 200, 300, 2000, 2000);
        (int file, int start, int end) = LogImage.Of(fileSystem).Find(3);
        using (var opened = fileSystem.Open(Path.Combine(LogTesting.InMemory, LogImage.NameOf(file))))
            opened.Write([0xFF, 0xFF, 0xFF, 0xFF], end - 8);
        long read = 0;
        var damage = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await foreach (LogEntry entry in log.ReadAsync(new LogPosition(1), CancellationToken.None))
                read = entry.Position.Value;
        });
        Assert.Equal(StorageErrorCode.Corruption, damage.Code);
        Assert.Contains($"offset {start}:", damage.Message, StringComparison.Ordinal);
        Assert.Equal(2, read);
        await log.DisposeAsync();
    }

    private static CommitSlot ReadRecord(FaultyFileSystem fileSystem)
    {
        using ControlFile control = ControlFile.Open(fileSystem, LogTesting.InMemory);
        return control.Newest;
    }

    private static int AssertNoticedOrHarmless(LogImage image)
    {
        try
        {
            List<ReplayedEntry> replayed = image.Judge();
            LogTesting.AssertWhole(replayed);
            Assert.Equal(Count, replayed.Count);
            return 0;
        }
        catch (StorageException failure)
        {
            Assert.Equal(StorageErrorCode.Corruption, failure.Code);
            return 1;
        }
    }

    private static async Task AssertCorruptAsync(LogImage image, string file)
    {
        var damage = await Assert.ThrowsAsync<StorageException>(image.ReplayAsync);
        Assert.Equal(StorageErrorCode.Corruption, damage.Code);
        Assert.Contains(Path.Combine(LogTesting.InMemory, file), damage.Message, StringComparison.Ordinal);
    }
}
