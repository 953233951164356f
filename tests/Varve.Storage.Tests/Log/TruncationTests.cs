using Varve.Storage.FileSystem;
using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Log;

public sealed class TruncationTests
{
    private static readonly int[] Sizes = [.. Enumerable.Repeat(1000, 60)];

    [Fact]
    public async Task Whole_files_go_and_what_is_left_is_read_and_replayed()
    {
        var fileSystem = new FaultyFileSystem();
        DurableLogOptions options = LogTesting.Small(LogTesting.InMemory, fileSystem);
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        await LogTesting.AppendAsync(log, Sizes);
        int filesBefore = LogFiles.List(fileSystem, LogTesting.InMemory).Count;
        long bytesBefore = log.BytesOnDisk;
        await log.TruncateAsync(new LogPosition(40));
        LogPosition begin = log.BeginPosition;
        Assert.InRange(begin.Value, 35, 41);
        Assert.Equal(begin.Value, (await ReadAsync(log, begin))[0]);
        Assert.Equal(61 - begin.Value, (await ReadAsync(log, begin)).Count);
        Assert.InRange(LogFiles.List(fileSystem, LogTesting.InMemory).Count, 1, filesBefore - 2);
        Assert.InRange(log.BytesOnDisk, 1, bytesBefore - 30_000);
        StorageException gone = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(log, new LogPosition(begin.Value - 1)));
        Assert.Equal(StorageErrorCode.OffsetOutOfRange, gone.Code);
        await LogTesting.AppendAsync(log, 500, 3000, 20);
        await log.DisposeAsync();

        for (int i = 0; i < 2; i++)
        {
            (log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(options);
            Assert.Equal(begin, log.BeginPosition);
            Assert.Equal(begin, replayed[0].Position);
            Assert.Equal(63, replayed[^1].Position.Value);
            Assert.All(replayed, entry => Assert.Equal(LogTesting.Payload(entry.Position.Value, entry.Payload.Length), entry.Payload));
            Assert.Equal(64 - begin.Value, (await ReadAsync(log, begin)).Count);
            await log.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_newest_durable_entry_stays_whatever_is_asked_for()
    {
        DurableLogOptions options = LogTesting.Small(LogTesting.InMemory, new FaultyFileSystem());
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        await log.TruncateAsync(new LogPosition(100));
        Assert.Equal(new LogPosition(1), log.BeginPosition);
        await LogTesting.AppendAsync(log, 10);
        await log.TruncateAsync(new LogPosition(100));
        for (int round = 0; round < 30; round++)
        {
            await LogTesting.AppendAsync(log, 3000, 3000, 3000);
            log.Enqueue(default, LogTesting.Payload(log.AppendedUpTo.Value + 1, 3000));
            LogPosition durable = log.DurableUpTo;
            await log.TruncateAsync(log.AppendedUpTo);
            Assert.InRange(log.BeginPosition.Value, durable.Value, log.DurableUpTo.Value);
        }

        LogPosition last = log.AppendedUpTo;
        await log.DisposeAsync();
        List<ReplayedEntry> replayed = await LogTesting.ReplayAsync(options);
        Assert.InRange(replayed.Count, 1, 2);
        Assert.Equal(last, replayed[^1].Position);
    }

    [Fact]
    public async Task Truncation_never_goes_back()
    {
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, new FaultyFileSystem()));
        await LogTesting.AppendAsync(log, Sizes);
        await log.TruncateAsync(new LogPosition(40));
        LogPosition begin = log.BeginPosition;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => log.TruncateAsync(new LogPosition(i))));
        Assert.Equal(begin, log.BeginPosition);
        await Task.WhenAll(Enumerable.Range(0, 60).Reverse().Select(i => log.TruncateAsync(new LogPosition(i))));
        Assert.InRange(log.BeginPosition.Value, 56, 60);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task A_log_that_is_closed_or_failed_is_not_truncated()
    {
        var fileSystem = new FaultyFileSystem();
        DurableLogOptions options = LogTesting.Small(LogTesting.InMemory, fileSystem);
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        await LogTesting.AppendAsync(log, Sizes);
        await log.DisposeAsync();
        StorageException closed = await Assert.ThrowsAsync<StorageException>(() => log.TruncateAsync(new LogPosition(30)));
        Assert.Equal(StorageErrorCode.NodeStopped, closed.Code);

        (log, _) = await LogTesting.OpenAsync(options);
        fileSystem.Fault = new Fault(1, Errno.InputOutput, ForEver: false, "fdatasync");
        StorageException failed = await Assert.ThrowsAsync<StorageException>(() => log.TruncateAsync(new LogPosition(30)));
        Assert.Equal(StorageErrorCode.NodeStopped, failed.Code);
        Assert.Throws<StorageException>(() => log.Enqueue(default, [1]));
        Assert.Equal(0, LogFiles.List(fileSystem, LogTesting.InMemory)[0]);
        await log.DisposeAsync();
        Assert.Equal(60, (await LogTesting.ReplayAsync(options))[^1].Position.Value);
    }

    [Fact]
    public async Task Files_that_could_not_be_deleted_go_with_the_next_truncation()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, Sizes);
        fileSystem.Fault = new Fault(1, Errno.InputOutput, ForEver: true, "unlink");
        await log.TruncateAsync(new LogPosition(30));
        LogPosition begin = log.BeginPosition;
        Assert.InRange(begin.Value, 25, 31);
        Assert.Equal(0, LogFiles.List(fileSystem, LogTesting.InMemory)[0]);
        fileSystem.Fault = null;
        await log.TruncateAsync(new LogPosition(45));
        Assert.InRange(LogFiles.List(fileSystem, LogTesting.InMemory)[0], 2, 4);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task Files_that_a_crash_left_before_the_begin_are_deleted_by_the_opening()
    {
        var fileSystem = new FaultyFileSystem();
        DurableLogOptions options = LogTesting.Small(LogTesting.InMemory, fileSystem);
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        await LogTesting.AppendAsync(log, Sizes);
        fileSystem.Fault = new Fault(2, Errno.InputOutput, ForEver: true, "unlink");
        await log.TruncateAsync(new LogPosition(40));
        LogPosition begin = log.BeginPosition;

        // The first file is gone, the second is not: neither was needed.
        Assert.Equal(1, LogFiles.List(fileSystem, LogTesting.InMemory)[0]);
        FaultyFileSystem restarted = fileSystem.AfterKill();
        options = options with { FileSystem = restarted };
        (DurableLog again, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(options);
        Assert.Equal(begin, replayed[0].Position);
        Assert.InRange(LogFiles.List(restarted, LogTesting.InMemory)[0], 2, 3);
        await again.DisposeAsync();
        await log.DisposeAsync();
    }

    [Fact]
    public async Task A_file_that_is_missing_behind_the_begin_is_damage()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, Sizes);
        await log.TruncateAsync(new LogPosition(30));
        await log.DisposeAsync();
        LogImage image = LogImage.Of(fileSystem);
        string[] kept = [.. image.Files.Keys.Where(name => name != ControlFile.FileName).Order(StringComparer.Ordinal)];
        Assert.True(kept.Length >= 3, $"{kept.Length} files are left");
        foreach (string name in kept)
        {
            LogImage damaged = image.Copy();
            damaged.Files.Remove(name);
            StorageException damage = await Assert.ThrowsAsync<StorageException>(damaged.ReplayAsync);
            Assert.Equal(StorageErrorCode.Corruption, damage.Code);
            Assert.Contains(name, damage.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Either_commit_record_alone_knows_where_a_truncated_log_begins()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, Sizes);
        await log.TruncateAsync(new LogPosition(30));
        LogImage image = LogImage.Of(fileSystem);
        await log.DisposeAsync();
        for (int slot = 1; slot <= 2; slot++)
        {
            LogImage damaged = image.Copy();
            damaged.Control.AsSpan(slot * 4096, CommitSlot.Bytes).Clear();
            Assert.Equal(log.BeginPosition, (await damaged.ReplayAsync())[0].Position);
        }
    }

    [Fact]
    public async Task A_reader_whose_entries_go_meanwhile_is_told()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, Sizes);
        long next = 1;
        StorageException gone = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await foreach (LogEntry entry in log.ReadAsync(new LogPosition(1), CancellationToken.None))
            {
                Assert.Equal(next++, entry.Position.Value);
                if (next == 3)
                    await log.TruncateAsync(new LogPosition(50));
            }
        });
        Assert.Equal(StorageErrorCode.OffsetOutOfRange, gone.Code);
        Assert.InRange(next, 3, 49);
        await log.DisposeAsync();
    }

    private static async Task<List<long>> ReadAsync(DurableLog log, LogPosition from)
    {
        List<long> read = [];
        await foreach (LogEntry entry in log.ReadAsync(from, CancellationToken.None))
            read.Add(entry.Position.Value);
        return read;
    }
}
