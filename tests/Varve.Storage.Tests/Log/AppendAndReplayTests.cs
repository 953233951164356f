using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;

namespace Varve.Storage.Tests.Log;

public sealed class AppendAndReplayTests : IDisposable
{
    private readonly TempDirectory _directory = new("log");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Entries_are_replayed_in_order_with_their_payloads_and_terms()
    {
        DurableLogOptions options = LogTesting.Small(_directory.File("log"));
        (DurableLog log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(options with { Term = 3 });
        Assert.Empty(replayed);
        Assert.Equal(LogPosition.None, log.DurableUpTo);
        await LogTesting.AppendAsync(log, 0, 1, 100, 1000, log.MaxPayloadBytes, 5);
        Assert.Equal(new LogPosition(6), log.DurableUpTo);
        await log.DisposeAsync();

        (log, replayed) = await LogTesting.OpenAsync(options with { Term = 7 });
        LogTesting.AssertWhole(replayed);
        Assert.Equal([0, 1, 100, 1000, log.MaxPayloadBytes, 5], replayed.Select(entry => entry.Payload.Length));
        Assert.All(replayed, entry => Assert.Equal(3, entry.Term));
        Assert.Equal(new LogPosition(6), log.AppendedUpTo);
        Assert.Equal(new LogPosition(6), log.DurableUpTo);
        await LogTesting.AppendAsync(log, 10);
        await log.DisposeAsync();

        replayed = await LogTesting.ReplayAsync(options with { Term = 7 });
        LogTesting.AssertWhole(replayed);
        Assert.Equal([3, 3, 3, 3, 3, 3, 7], replayed.Select(entry => entry.Term));
    }

    [Fact]
    public async Task A_log_grows_over_many_files_and_openings()
    {
        DurableLogOptions options = LogTesting.Small(_directory.File("log"));
        var random = new Random(1);
        int count = 0;
        for (int opening = 0; opening < 12; opening++)
        {
            (DurableLog log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(options);
            LogTesting.AssertWhole(replayed);
            Assert.Equal(count, replayed.Count);
            int more = random.Next(80);
            for (int i = 0; i < more; i++)
                log.Enqueue(default, LogTesting.Payload(++count, random.Next(1500)));
            await log.DisposeAsync();
        }

        Assert.True(LogFiles.List(options.FileSystem, options.Directory).Count > 10);
    }

    [Fact]
    public async Task Head_and_body_make_one_payload()
    {
        DurableLogOptions options = LogTesting.Small(_directory.File("log"));
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        byte[] payload = LogTesting.Payload(1, 500);
        Assert.Equal(new LogPosition(1), log.Enqueue(payload.AsSpan(0, 33), payload.AsSpan(33)));
        await log.DisposeAsync();
        Assert.Equal(payload, Assert.Single(await LogTesting.ReplayAsync(options)).Payload);
    }

    [Fact]
    public async Task An_entry_larger_than_a_page_is_refused_and_the_log_lives_on()
    {
        DurableLogOptions options = LogTesting.Small(_directory.File("log"));
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        var refused = Assert.Throws<StorageException>(() => log.Enqueue(new byte[1], new byte[log.MaxPayloadBytes]));
        Assert.Equal(StorageErrorCode.BatchTooLarge, refused.Code);
        await LogTesting.AppendAsync(log, 1);
        await log.DisposeAsync();
        Assert.Single(await LogTesting.ReplayAsync(options));
    }

    [Fact]
    public async Task More_than_the_memory_holds_can_be_enqueued_without_a_commit()
    {
        DurableLogOptions options = LogTesting.Small(_directory.File("log"));
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        for (int position = 1; position <= 1000; position++)
            log.Enqueue(default, LogTesting.Payload(position, 1000));
        await log.CommitAsync();
        Assert.Equal(new LogPosition(1000), log.DurableUpTo);
        await log.DisposeAsync();
        List<ReplayedEntry> replayed = await LogTesting.ReplayAsync(options);
        Assert.Equal(1000, replayed.Count);
        LogTesting.AssertWhole(replayed);
    }

    [Fact]
    public async Task Commits_from_many_threads_while_entries_come_in_all_complete_in_order()
    {
        const int Count = 20_000;
        DurableLogOptions options = LogTesting.Small(LogTesting.InMemory, new FaultyFileSystem()) with { ZeroAheadBytes = 64 << 10 };
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        Task enqueuing = Task.Run(() =>
        {
            var random = new Random(4);
            for (int position = 1; position <= Count; position++)
                log.Enqueue(default, LogTesting.Payload(position, random.Next(300)));
        });
        Task[] committing = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!enqueuing.IsCompleted)
            {
                LogPosition appended = log.AppendedUpTo;
                await log.CommitAsync();
                Assert.True(log.DurableUpTo >= appended);
            }
        }))];
        await Task.WhenAll([enqueuing, .. committing]);
        await log.DisposeAsync();
        List<ReplayedEntry> replayed = await LogTesting.ReplayAsync(options);
        Assert.Equal(Count, replayed.Count);
        LogTesting.AssertWhole(replayed);
    }

    [Fact]
    public async Task A_closed_log_takes_nothing()
    {
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(_directory.File("log")));
        await log.DisposeAsync();
        Assert.Equal(StorageErrorCode.NodeStopped, Assert.Throws<StorageException>(() => log.Enqueue(default, new byte[1])).Code);
        Assert.Equal(StorageErrorCode.NodeStopped, (await Assert.ThrowsAsync<StorageException>(log.CommitAsync)).Code);
    }

    [Fact]
    public async Task Other_sizes_than_those_of_the_log_are_refused()
    {
        DurableLogOptions options = LogTesting.Small(_directory.File("log"));
        (DurableLog log, _) = await LogTesting.OpenAsync(options);
        await LogTesting.AppendAsync(log, 100);
        await log.DisposeAsync();
        foreach (DurableLogOptions other in new[] { options with { PageBytes = 8192 }, options with { SegmentBytes = 32 << 10 }, options with { PageBytes = 5000 } })
            Assert.Equal(StorageErrorCode.Unsupported, (await Assert.ThrowsAsync<StorageException>(() => LogTesting.ReplayAsync(other))).Code);
        Assert.Single(await LogTesting.ReplayAsync(options with { MemoryBytes = 64 << 10 }));
    }

    [Fact]
    public async Task A_log_is_not_continued_in_an_earlier_term()
    {
        DurableLogOptions options = LogTesting.Small(_directory.File("log"));
        (DurableLog log, _) = await LogTesting.OpenAsync(options with { Term = 5 });
        await LogTesting.AppendAsync(log, 100);
        await log.DisposeAsync();
        Assert.Equal(
            StorageErrorCode.Unsupported, (await Assert.ThrowsAsync<StorageException>(() => LogTesting.ReplayAsync(options with { Term = 4 }))).Code);
    }

    [Fact]
    public async Task Durable_entries_can_be_read_from_any_position_while_the_log_goes_on()
    {
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(_directory.File("log")));
        for (int position = 1; position <= 200; position++)
            log.Enqueue(default, LogTesting.Payload(position, position * 7));
        await log.CommitAsync();
        log.Enqueue(default, LogTesting.Payload(201, 10));
        foreach (int from in new[] { 1, 2, 57, 199, 200, 201 })
        {
            long next = from;
            await foreach (LogEntry entry in log.ReadAsync(new LogPosition(from), CancellationToken.None))
            {
                Assert.Equal(new LogPosition(next), entry.Position);
                Assert.Equal(LogTesting.Payload(next, (int)next * 7), entry.Payload.ToArray());
                next++;
            }

            Assert.Equal(201, next);
        }

        var refused = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await foreach (LogEntry _ in log.ReadAsync(LogPosition.None, CancellationToken.None))
                Assert.Fail("nothing stands before the first entry");
        });
        Assert.Equal(StorageErrorCode.OffsetOutOfRange, refused.Code);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task Large_and_small_entries_take_turns_on_a_real_disk()
    {
        var options = new DurableLogOptions { Directory = _directory.File("log"), PageBytes = 1 << 20, MemoryBytes = 4 << 20, SegmentBytes = 8 << 20 };
        var random = new Random(3);
        int count = 0;
        for (int opening = 0; opening < 3; opening++)
        {
            (DurableLog log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(options);
            Assert.Equal(count, replayed.Count);
            LogTesting.AssertWhole(replayed);
            for (int i = 0; i < 30; i++)
            {
                log.Enqueue(default, LogTesting.Payload(++count, random.Next(random.Next(2) == 0 ? 1000 : log.MaxPayloadBytes)));
                if (random.Next(4) == 0)
                    await log.CommitAsync();
            }

            await log.CommitAsync();
            long read = 0;
            await foreach (LogEntry entry in log.ReadAsync(new LogPosition(1), CancellationToken.None))
            {
                Assert.Equal(LogTesting.Payload(++read, entry.Payload.Length), entry.Payload.ToArray());
            }

            Assert.Equal(count, read);
            await log.DisposeAsync();
        }
    }

    [Fact]
    public async Task Zeros_are_laid_out_ahead_of_the_tail_without_touching_entries()
    {
        DurableLogOptions options = LogTesting.Small(_directory.File("log")) with { ZeroAheadBytes = 1 << 20 };
        var random = new Random(2);
        int count = 0;
        for (int opening = 0; opening < 3; opening++)
        {
            (DurableLog log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(options);
            Assert.Equal(count, replayed.Count);
            LogTesting.AssertWhole(replayed);
            for (int i = 0; i < 300; i++)
            {
                log.Enqueue(default, LogTesting.Payload(++count, random.Next(3000)));
                if (random.Next(3) == 0)
                    await log.CommitAsync();
            }

            await log.DisposeAsync();
        }

        LogTesting.AssertWhole(await LogTesting.ReplayAsync(options));
    }
}
