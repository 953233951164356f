using Varve.Arrow;
using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Segments;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Segments;

namespace Varve.Storage.Tests.Catalog;

/// <summary>Engines that checkpoint, on a disk in memory with a log of small files, and open again.</summary>
public sealed class CheckpointTests : IAsyncLifetime
{
    private FaultyFileSystem _disk = new();
    private EngineHost? _host;

    private static string CheckpointPath => CheckpointFile.PathIn(SimulatedOptions.On(new FaultyFileSystem()).Directory);

    private static string LogPath => Path.Combine(SimulatedOptions.On(new FaultyFileSystem()).Directory, "log");

    private StorageEngine Engine => _host!.Engine;

    [Fact]
    public async Task A_checkpoint_lets_the_log_go_and_a_restart_has_everything()
    {
        await StartAsync();
        for (int i = 0; i < 20; i++)
            await AppendAsync("s", i * 100, 100);
        await SealAsync("s", 0, 1_500);
        await Engine.AddColumnsAsync("s", [new Field("x", ArrowTypes.Int32)]);
        await Engine.SetStreamSettingsAsync("s", new StreamSettings { ClusterBy = ["x"], RetainRows = 70_000 });
        int files = LogFiles.List(_disk, LogPath).Count;
        await Engine.CheckpointAsync();
        Assert.InRange(LogFiles.List(_disk, LogPath).Count, 1, files - 2);
        Assert.InRange(LogFiles.List(_disk, LogPath)[0], 1, files);
        await AppendAsync("s", 2_000, 300);
        await SealAsync("s", 1_500, 1_600);
        StreamDescription before = Engine.Describe("s");
        await ReopenAsync();
        StreamDescription after = Engine.Describe("s");
        Assert.Equal(before.Schema.Fields, after.Schema.Fields);
        Assert.Equal(before with { Schema = after.Schema, TailBytes = after.TailBytes }, after);
        Assert.Equal(Enumerable.Range(1_600, 700).Select(n => (long)n), TailNumbers("s"));
        Assert.Equal(2_300, (await Engine.AppendAsync("s", Rows.Of(1))).FirstOffset);
    }

    [Fact]
    public async Task Sealed_rows_are_not_read_again()
    {
        await StartAsync();
        for (int i = 0; i < 30; i++)
            await AppendAsync("s", i * 100, 100);
        await SealAsync("s", 0, 2_950);
        await Engine.CheckpointAsync();
        await ReopenAsync();
        Assert.InRange(Engine.Statistics.RecoveredEntryCount, 1, 10);
        Assert.Equal(Enumerable.Range(2_950, 50).Select(n => (long)n), TailNumbers("s"));
        Assert.Equal(2_950, Stream("s").Head.Chunks.Span[0].FirstOffset);
    }

    [Fact]
    public async Task A_stream_whose_rows_are_not_sealed_keeps_the_log_from_its_first_row_on()
    {
        await StartAsync();
        await Engine.CreateStreamAsync("slow", Rows.Schema);
        await Engine.AppendAsync("slow", Rows.Of(77));
        await AppendAsync("s", 0, 3_000);
        await SealAsync("s", 0, 3_000);
        await Engine.CheckpointAsync();
        Assert.Equal(0, LogFiles.List(_disk, LogPath)[0]);
        await ReopenAsync();
        Assert.Equal([77], TailNumbers("slow"));
        Assert.Empty(TailNumbers("s"));
        await SealAsync("slow", 0, 1);
        await Engine.CheckpointAsync();
        Assert.InRange(LogFiles.List(_disk, LogPath)[0], 2, 100);
        await ReopenAsync();
        Assert.Equal(1, Engine.Describe("slow").EndOffset);
    }

    [Fact]
    public async Task A_dropped_stream_and_its_rows_are_passed_over()
    {
        await StartAsync();
        await Engine.CreateStreamAsync("keeps", Rows.Schema);
        await Engine.AppendAsync("keeps", Rows.Of(1));
        await AppendAsync("s", 0, 1_000);
        await Engine.DropStreamAsync("s");
        await Engine.CreateStreamAsync("s", Rows.Schema);
        await Engine.AppendAsync("s", Rows.Of(5));
        long id = Engine.Describe("s").Id;
        await Engine.CheckpointAsync();
        await ReopenAsync();
        Assert.Equal(id, Engine.Describe("s").Id);
        Assert.Equal([5], TailNumbers("s"));
        Assert.Equal([1], TailNumbers("keeps"));
        await Engine.DropStreamAsync("s");
        await Engine.CheckpointAsync();
        await ReopenAsync();
        Assert.Equal(id + 1, (await Engine.CreateStreamAsync("s", Rows.Schema)).Id);
    }

    [Fact]
    public async Task Batches_in_parts_are_given_back_from_any_part_on()
    {
        await StartAsync();
        await AppendAsync("s", 0, 10);
        await AppendAsync("s", 10, 5_000);
        await AppendAsync("s", 5_010, 10);
        for (long sealedEnd = 0; sealedEnd < 4_662; sealedEnd += 777)
        {
            await SealAsync("s", sealedEnd, sealedEnd + 777);
            await Engine.CheckpointAsync();
            await ReopenAsync();
            Assert.Equal(Enumerable.Range((int)sealedEnd + 777, 5_020 - (int)sealedEnd - 777).Select(n => (long)n), TailNumbers("s"));
        }

        Assert.InRange(LogFiles.List(_disk, LogPath)[0], 1, 100);
    }

    [Fact]
    public async Task Time_does_not_fall_and_ids_are_not_used_again_behind_a_checkpoint()
    {
        ManualTime time = new();
        await StartAsync(o => o with { Time = time });
        await AppendAsync("s", 0, 10);
        await Engine.CreateStreamAsync("gone", Rows.Schema);
        await Engine.DropStreamAsync("gone");
        await SealAsync("s", 0, 5);
        await Engine.SegmentChanges.TrimAsync(Stream("s"), 5);
        await SealAsync("s", 5, 10);
        long last = Stream("s").Head.LastTimeMicros;
        await Engine.CheckpointAsync();
        time.Now -= TimeSpan.FromDays(1);
        await ReopenAsync();
        Assert.Equal(3, Engine.SegmentChanges.TakeId());
        Assert.Equal(3, (await Engine.CreateStreamAsync("next", Rows.Schema)).Id);
        await AppendAsync("s", 10, 1);
        Assert.Equal(last, Stream("s").Head.LastTimeMicros);
    }

    [Fact]
    public async Task Appends_go_on_while_a_checkpoint_is_written()
    {
        await StartAsync();
        await AppendAsync("s", 0, 500);
        await SealAsync("s", 0, 400);
        using SemaphoreSlim reached = new(0);
        using ManualResetEventSlim released = new();
        bool isFirst = true;
        _disk.Before = call =>
        {
            if (call != "fsync" || !isFirst)
                return;
            isFirst = false;
            reached.Release();
            released.Wait();
        };
        Task checkpoint = Engine.CheckpointAsync();
        await reached.WaitAsync();
        await AppendAsync("s", 500, 100);
        await SealAsync("s", 400, 450);
        Assert.False(checkpoint.IsCompleted);
        released.Set();
        await checkpoint;
        await ReopenAsync();
        Assert.Equal(Enumerable.Range(450, 150).Select(n => (long)n), TailNumbers("s"));
    }

    [Fact]
    public async Task Checkpoints_that_are_taken_under_load_fit_the_log()
    {
        await StartAsync();
        string[] names = ["a", "b", "c", "d"];
        foreach (string name in names)
            await Engine.CreateStreamAsync(name, Rows.Schema);
        using CancellationTokenSource end = new();
        Task[] writers = [.. names.Select(name => Task.Run(async () =>
        {
            for (int next = 0; !end.IsCancellationRequested; next += 7)
                await AppendAsync(name, next, 7);
        }))];
        for (int round = 0; round < 12; round++)
        {
            foreach (string name in names)
            {
                StreamHead head = Stream(name).Head;
                if (head.EndOffset - head.SealedEnd > 20)
                    await SealAsync(name, head.SealedEnd, head.EndOffset - (round % 3));
            }

            await Engine.CheckpointAsync();
            FaultyFileSystem copy = _disk.Copy();
            await using StorageEngine engine = await StorageEngine.OpenAsync(TestSegments.Alone(SimulatedOptions.On(copy)));
            foreach (StreamState stream in engine.CatalogHead.Streams.Values)
            {
                StreamHead head = stream.Head;
                IEnumerable<int> expected = Enumerable.Range((int)head.SealedEnd, (int)(head.EndOffset - head.SealedEnd));
                Assert.Equal(expected.Select(n => (long)n), TestSegments.TailNumbers(head));
            }
        }

        await end.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task A_checkpoint_is_due_after_enough_log_and_at_the_end()
    {
        await StartAsync(o => o with { CheckpointLogBytes = 20_000, Keys = new KeyOptions { Encrypt = false } });
        await AppendAsync("s", 0, 100);
        await SealAsync("s", 0, 50);
        Assert.False(_disk.FileExists(CheckpointPath));
        for (int i = 0; i < 20; i++)
            await AppendAsync("s", 100 + (i * 100), 100);
        await SealAsync("s", 50, 1_500);
        await WaitUntilAsync(() => Engine.Statistics.CheckpointCount == 1);
        Assert.InRange(LogFiles.List(_disk, LogPath)[0], 1, 100);
        await SealAsync("s", 1_500, 1_600);
        Assert.Equal(1, Engine.Statistics.CheckpointCount);
        LogPosition position = Engine.VisibleUpTo;
        await ReopenAsync();
        Assert.Equal(position, CheckpointFile.Read(_disk, Path.GetDirectoryName(CheckpointPath)!, Engine.NodeId, Keyring.Off())!.Position);
        Assert.Equal(Enumerable.Range(1_600, 500).Select(n => (long)n), TailNumbers("s"));
    }

    [Fact]
    public async Task A_node_without_segments_never_writes_one()
    {
        await StartAsync();
        await AppendAsync("s", 0, 1_000);
        await ReopenAsync();
        await ReopenAsync();
        Assert.False(_disk.FileExists(CheckpointPath));
        Assert.Equal(0, LogFiles.List(_disk, LogPath)[0]);
    }

    [Fact]
    public async Task A_checkpoint_that_fails_costs_nothing()
    {
        await StartAsync();
        await AppendAsync("s", 0, 1_000);
        await SealAsync("s", 0, 900);
        _disk.Fault = new Fault(1, Errno.NoSpace, ForEver: true, "fsync");
        StorageException full = await Assert.ThrowsAsync<StorageException>(Engine.CheckpointAsync);
        Assert.Equal(StorageErrorCode.DiskFull, full.Code);
        Assert.Contains(CheckpointPath, full.Message, StringComparison.Ordinal);
        Assert.Equal(1, Engine.Statistics.CheckpointFailureCount);
        Assert.Equal(0, LogFiles.List(_disk, LogPath)[0]);
        _disk.Fault = null;
        await AppendAsync("s", 1_000, 10);
        await Engine.CheckpointAsync();
        Assert.Equal(1, Engine.Statistics.CheckpointCount);
        await ReopenAsync();
        Assert.Equal(Enumerable.Range(900, 110).Select(n => (long)n), TailNumbers("s"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_checkpoint_is_passed_over_only_where_the_log_holds_everything(bool truncated)
    {
        await StartAsync();
        if (!truncated)
        {
            await Engine.CreateStreamAsync("keeps", Rows.Schema);
            await Engine.AppendAsync("keeps", Rows.Of(1));
        }

        await AppendAsync("s", 0, 2_000);
        await SealAsync("s", 0, 2_000);
        await Engine.CheckpointAsync();
        await _host!.CloseAsync();
        Assert.Equal(truncated, LogFiles.List(_disk, LogPath)[0] > 0);
        using (IFile file = _disk.Open(CheckpointPath))
        {
            byte[] value = new byte[1];
            file.Read(value, 70);
            value[0] ^= 1;
            file.Write(value, 70);
        }

        if (!truncated)
        {
            await _host.OpenAsync();
            Assert.Equal((2_000, 2_000), (Engine.Describe("s").EndOffset, Stream("s").Head.SealedEnd));
            await SealAsync("keeps", 0, 1);
            await ReopenAsync();
            return;
        }

        StorageException damage = await Assert.ThrowsAsync<StorageException>(_host.OpenAsync);
        Assert.Equal(StorageErrorCode.Corruption, damage.Code);
        Assert.Contains($"{CheckpointPath} is damaged", damage.Message, StringComparison.Ordinal);

        _disk.Delete(CheckpointPath);
        StorageException missing = await Assert.ThrowsAsync<StorageException>(_host.OpenAsync);
        Assert.Equal(StorageErrorCode.Corruption, missing.Code);
        Assert.Contains($"the checkpoint {CheckpointPath}, which says what stood before, is missing", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_checkpoint_or_an_older_log_than_the_other_is_refused()
    {
        await StartAsync();
        await AppendAsync("s", 0, 1_000);
        await SealAsync("s", 0, 1_000);
        await Engine.CheckpointAsync();
        byte[] oldCheckpoint = _disk.Image(Path.GetDirectoryName(CheckpointPath)!)[CheckpointFile.FileName];
        Dictionary<string, byte[]> oldLog = _disk.Image(LogPath);
        await AppendAsync("s", 1_000, 3_000);
        await SealAsync("s", 1_000, 4_000);
        await ReopenAsync();
        await _host!.CloseAsync();
        byte[] newCheckpoint = _disk.Image(Path.GetDirectoryName(CheckpointPath)!)[CheckpointFile.FileName];

        WholeFile.Write(_disk, CheckpointPath, oldCheckpoint);
        StorageException older = await Assert.ThrowsAsync<StorageException>(_host.OpenAsync);
        Assert.Equal(StorageErrorCode.Corruption, older.Code);
        Assert.Contains("put back the newest one", older.Message, StringComparison.Ordinal);

        WholeFile.Write(_disk, CheckpointPath, newCheckpoint);
        foreach (string name in _disk.ListFiles(LogPath))
            _disk.Delete(Path.Combine(LogPath, name));
        foreach ((string name, byte[] content) in oldLog)
            WholeFile.Write(_disk, Path.Combine(LogPath, name), content);
        StorageException behind = await Assert.ThrowsAsync<StorageException>(_host.OpenAsync);
        Assert.Equal(StorageErrorCode.Corruption, behind.Code);
        Assert.Contains("entries are missing", behind.Message, StringComparison.Ordinal);
        Assert.All(oldLog, file => Assert.Equal(file.Value, _disk.Image(LogPath)[file.Key]));
    }

    [Fact]
    public async Task Rows_that_the_log_does_not_give_back_stop_the_opening()
    {
        await StartAsync(o => o with { Keys = new KeyOptions { Encrypt = false } });
        await AppendAsync("s", 0, 1_000);
        await SealAsync("s", 0, 500);
        await Engine.CheckpointAsync();
        await _host!.CloseAsync();
        Guid node = NodeIdOn(_disk);
        CheckpointState state = CheckpointFile.Read(_disk, Path.GetDirectoryName(CheckpointPath)!, node, Keyring.Off())!;
        CheckpointStream stream = state.Streams.Single();
        CheckpointFile.Write(
            _disk,
            Path.GetDirectoryName(CheckpointPath)!,
            node,
            Keyring.Off(),
            state with { Streams = [stream with { EndOffset = stream.EndOffset + 1 }] });
        StorageException missing = await Assert.ThrowsAsync<StorageException>(_host.OpenAsync);
        Assert.Equal(StorageErrorCode.Corruption, missing.Code);
        Assert.Contains("stream 's' ends at offset 1000, in the checkpoint at 1001", missing.Message, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    private static Guid NodeIdOn(FaultyFileSystem disk) =>
        Varve.Storage.Recovery.NodeFile.Read(disk, Path.GetDirectoryName(CheckpointPath)!)!.NodeId;

    private async Task StartAsync(Func<StorageOptions, StorageOptions>? change = null)
    {
        _disk = new FaultyFileSystem();
        _host = await EngineHost.StartAsync(_ => (change ?? (o => o))(TestSegments.Alone(SimulatedOptions.On(_disk))));
        if (!_host.Engine.TryDescribe("s", out _))
            await _host.Engine.CreateStreamAsync("s", Rows.Schema);
    }

    private Task<StorageEngine> ReopenAsync() => _host!.ReopenAsync();

    private Task<AppendResult> AppendAsync(string stream, long first, int count) => Engine.AppendAsync(stream, Rows.Range(first, count));

    private async Task SealAsync(string name, long from, long to)
    {
        StreamState stream = Stream(name);
        long time = Math.Max(1, stream.Head.Segments.IsEmpty ? 1 : stream.Head.Segments[^1].LastTimeMicros);
        SegmentInfo segment = TestSegments.Info(Engine.SegmentChanges.TakeId(), stream.Id, from, to, time: time);
        TestSegments.WriteFile(_host!.Options, segment);
        Assert.Equal(SegmentOutcome.Done, await Engine.SegmentChanges.SealAsync(stream, segment));
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Yield();
    }

    private StreamState Stream(string name) => Engine.CatalogHead.Find(name);

    private List<long> TailNumbers(string name) => TestSegments.TailNumbers(Stream(name).Head);
}
