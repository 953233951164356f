using Varve.Storage.FileSystem;
using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Log;

public sealed class FailingDiskTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Errno.InputOutput, false, false)]
    [InlineData(Errno.InputOutput, true, false)]
    [InlineData(Errno.NoSpace, false, false)]
    [InlineData(Errno.NoSpace, true, false)]
    [InlineData(Errno.TooManyFiles, false, false)]
    [InlineData(Errno.InputOutput, false, true)]
    [InlineData(Errno.InputOutput, true, true)]
    public async Task Any_operation_may_fail_and_nothing_acknowledged_is_lost(int error, bool forEver, bool truncates)
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int at = 1; ; at++)
        {
            var random = new Random(seed);
            var ledger = new Ledger(truncates: truncates);
            var fileSystem = new FaultyFileSystem();
            await ledger.LiveAsync(fileSystem, random, 5);
            fileSystem.Fault = new Fault(fileSystem.Operations + at, error, forEver);
            StorageException? failure = await ledger.LiveAsync(fileSystem, random, 25) ?? await ledger.LiveAsync(fileSystem, random, 5);
            if (!fileSystem.Fault.Struck)
            {
                Assert.Null(failure);
                output.WriteLine($"{at - 1} operations");
                return;
            }

            // A failure while closing reaches nobody: all that was acknowledged is there.
            if (failure is not null)
            {
                Assert.Equal(error == Errno.NoSpace ? StorageErrorCode.DiskFull : StorageErrorCode.NodeStopped, failure.Code);
                Assert.Equal(error, Assert.IsType<IOException>(failure.InnerException).HResult);
                Assert.Contains($"errno {error}", failure.Message, StringComparison.Ordinal);
            }

            FaultyFileSystem restarted = fileSystem.AfterKill();
            Assert.Null(await ledger.LiveAsync(restarted, random, 3));
            await (await ledger.OpenAsync(restarted.AfterPowerCut(random))).DisposeAsync();
        }
    }

    [Theory]
    [InlineData("pwritev")]
    [InlineData("fdatasync")]
    public async Task After_a_failure_everyone_who_waits_or_comes_later_is_told_the_reason(string call)
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, 10);
        fileSystem.Fault = new Fault(1, Errno.InputOutput, ForEver: false, call);
        Task[] commits = [.. Enumerable.Range(2, 20).Select(position =>
        {
            try
            {
                log.Enqueue(default, LogTesting.Payload(position, 100));
                return log.CommitAsync();
            }
            catch (StorageException failure)
            {
                return Task.FromException(failure);
            }
        })];
        foreach (Task commit in commits)
        {
            StorageException told = await Assert.ThrowsAsync<StorageException>(() => commit);
            Assert.Equal(StorageErrorCode.NodeStopped, told.Code);
            Assert.Contains("errno 5", told.Message, StringComparison.Ordinal);
        }

        // The disk works again, the log does not.
        Assert.Equal(StorageErrorCode.NodeStopped, log.Failure!.Code);
        Assert.Throws<StorageException>(() => log.Enqueue(default, [1]));
        await Assert.ThrowsAsync<StorageException>(log.CommitAsync);
        Assert.Equal(new LogPosition(1), log.DurableUpTo);
        await log.DisposeAsync();
        List<ReplayedEntry> replayed = await LogTesting.ReplayAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        Assert.NotEmpty(replayed);
        LogTesting.AssertWhole(replayed);
    }

    /// <summary>Whoever made the file, also the zeros that are laid out ahead: its name stands there, and would be taken for durable.</summary>
    [Fact]
    public void A_file_whose_name_could_not_be_synced_is_not_used_by_the_next_who_asks_for_it()
    {
        var fileSystem = new FaultyFileSystem();
        var files = new LogFiles(fileSystem, FaultyFileSystem.Root, new LogFileHeader(LogFileKind.Control, Guid.NewGuid(), 0, 1 << 20, 4096));
        files.Ensure(0);

        // The first is the file's own.
        fileSystem.Fault = new Fault(2, Errno.InputOutput, ForEver: false, "fsync");
        Assert.Equal(StorageErrorCode.NodeStopped, Assert.Throws<StorageException>(() => files.Ensure(1)).Code);
        Assert.True(files.Exists(1));
        Assert.Equal(StorageErrorCode.NodeStopped, Assert.Throws<StorageException>(() => files.Ensure(1)).Code);
    }

    [Fact]
    public async Task Who_waits_for_memory_is_released_by_a_failure()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        fileSystem.Fault = new Fault(1, Errno.NoSpace, ForEver: true, "pwritev");
        Task appending = Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
                log.Enqueue(default, new byte[1000]);
        });
        Assert.Equal(StorageErrorCode.DiskFull, (await Assert.ThrowsAsync<StorageException>(() => appending)).Code);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task On_the_committing_thread_more_can_be_enqueued_than_the_memory_holds()
    {
        var fileSystem = new FaultyFileSystem();
        DurableLogOptions options = LogTesting.Small(LogTesting.InMemory, fileSystem);
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        log.Enqueue(default, LogTesting.Payload(1, 10));
        await EnqueueAfterAsync(log.CommitInPlaceAsync());
        await log.CommitAsync();
        await log.DisposeAsync();
        List<ReplayedEntry> replayed = await LogTesting.ReplayAsync(options);
        Assert.Equal(200, replayed.Count);
        LogTesting.AssertWhole(replayed);

        async Task EnqueueAfterAsync(Task commit)
        {
            await commit.ConfigureAwait(false);
            for (int position = 2; position <= 200; position++)
                log.Enqueue(default, LogTesting.Payload(position, 1000));
        }
    }

    [Fact]
    public async Task On_the_committing_thread_a_failure_while_making_room_ends_the_log()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        log.Enqueue(default, LogTesting.Payload(1, 10));
        StorageException told = await Assert.ThrowsAsync<StorageException>(() => EnqueueAfterAsync(log.CommitInPlaceAsync()));
        Assert.Equal(StorageErrorCode.DiskFull, told.Code);
        Assert.Equal(StorageErrorCode.DiskFull, log.Failure!.Code);
        await Assert.ThrowsAsync<StorageException>(log.CommitAsync);
        await log.DisposeAsync();

        async Task EnqueueAfterAsync(Task commit)
        {
            await commit.ConfigureAwait(false);
            fileSystem.Fault = new Fault(1, Errno.NoSpace, ForEver: true, "pwritev");
            for (int position = 2; position <= 200; position++)
                log.Enqueue(default, LogTesting.Payload(position, 1000));
        }
    }

    [Fact]
    public async Task Commits_that_wait_at_the_same_moment_share_a_sync()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, 1);
        using var reached = new SemaphoreSlim(0);
        using var released = new ManualResetEventSlim();
        fileSystem.Before = call =>
        {
            if (call == "fdatasync")
            {
                reached.Release();
                released.Wait();
            }
        };
        long before = fileSystem.Syncs;
        log.Enqueue(default, LogTesting.Payload(2, 10));
        var commits = new List<Task> { log.CommitAsync() };
        await reached.WaitAsync();
        for (int position = 3; position < 60; position++)
        {
            log.Enqueue(default, LogTesting.Payload(position, 10));
            commits.Add(log.CommitAsync());
        }

        Assert.All(commits, commit => Assert.False(commit.IsCompleted));
        Assert.Equal(new LogPosition(1), log.DurableUpTo);
        released.Set();
        await Task.WhenAll(commits);
        Assert.Equal(2, fileSystem.Syncs - before);
        before = fileSystem.Syncs;
        await LogTesting.AppendAsync(log, 1, 1, 1);
        Assert.Equal(3, fileSystem.Syncs - before);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_with_nothing_to_do_touches_no_disk()
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, 1);
        long before = fileSystem.Operations;
        await log.CommitAsync();
        Assert.Equal(before, fileSystem.Operations);
        await log.DisposeAsync();
    }
}
