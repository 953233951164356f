using Varve.Arrow.Values;
using Varve.Storage.Streams;
using Varve.Storage.Zones;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Engine;

/// <summary>Streams at a position, a time or an offset, and waiting for a position.</summary>
public class MomentTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_stream_reads_as_it_was_at_any_position_and_time_also_after_segments_have_changed()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        ManualTime time = new();
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Time = time, Compacts = false });
        await host.Engine.CreateStreamAsync("s", Rows.Schema, new StreamSettings { ClusterBy = ["text"] });
        List<(LogPosition Position, DateTimeOffset Time, long End)> moments = [];
        for (int i = 0; i < 50; i++)
        {
            // Some appends share a time.
            time.Now += TimeSpan.FromMicroseconds(random.Next(3) * 50);
            int count = i == 20 ? 70_000 : random.Next(1, 300);
            AppendResult ack = await host.Engine.AppendAsync("s", Rows.Range(host.Engine.Describe("s").EndOffset, count));
            moments.RemoveAll(m => m.Time == time.Now);
            moments.Add((ack.Position, time.Now, ack.FirstOffset + count));
            if (i % 14 == 13)
                await host.Engine.FlushAsync("s");
            if (i == 45)
                await host.Engine.CompactAsync("s");
        }

        foreach ((LogPosition position, DateTimeOffset at, long end) in random.GetItems(moments.ToArray(), 12))
        {
            Check(host.Engine.OpenView("s", new AsOf.AtTime(at)), end);
            StreamView view = host.Engine.OpenView("s", new AsOf.AtPosition(position));
            Assert.Equal(position, view.Position);
            Check(view, end);
        }

        for (int i = 0; i < 6; i++)
        {
            long end = random.NextInt64(1, host.Engine.Describe("s").EndOffset + 1);
            Check(host.Engine.OpenView("s", new AsOf.AtOffsets(new Dictionary<string, long> { ["S"] = end, ["other"] = 1 })), end);
        }
    }

    [Fact]
    public async Task What_is_not_held_is_refused_with_what_is()
    {
        ManualTime time = new();
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Time = time });
        await host.Engine.CreateStreamAsync("first", Rows.Schema);
        await host.Engine.CreateStreamAsync("s", Rows.Schema, new StreamSettings { RetainRows = 1 });
        AppendResult early = await host.Engine.AppendAsync("s", Rows.Of(0, 1));
        await host.Engine.FlushAsync("s");
        AppendResult late = await host.Engine.AppendAsync("s", Rows.Of(2));
        await host.Engine.FlushAsync("s");
        Refused(new AsOf.AtPosition(new LogPosition(1)), "cannot read stream 's' as of position 1: the oldest position that is known of it is 2");
        Refused(new AsOf.AtOffsets(new Dictionary<string, long> { ["s"] = 4 }), "as of offset 4: the rows from");
        Refused(new AsOf.AtTime(time.Now.AddSeconds(-1)), "as of time 2025-12-31T23:59:59.0000000Z: it was created at 2026-01-01");
        Assert.Equal(2, host.Engine.FindEndOffset("s", early.Position));

        await host.ReopenAsync();
        Check(host.Engine.OpenView("s", new AsOf.AtPosition(host.Engine.VisibleUpTo)), late.FirstOffset + 1);

        void Refused(AsOf moment, string why)
        {
            StorageException e = Assert.Throws<StorageException>(() => host.Engine.OpenView("s", moment));
            Assert.Equal(StorageErrorCode.OffsetOutOfRange, e.Code);
            Assert.Contains(why, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Old_positions_are_forgotten_and_the_newest_are_known()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        const int appends = 70_000;
        AppendResult first = await host.Engine.AppendAsync("s", Rows.Of(0));
        PositionIndex index = new(first.Position, 1);
        for (int i = 1; i < appends; i++)
            index.Add(new LogPosition(first.Position.Value + (2 * i)), i + 1, streamCount: 1);
        Assert.Null(index.EndAt(first.Position));
        for (long position = index.Oldest.Value; position < first.Position.Value + (2 * appends); position++)
            Assert.Equal(((position - first.Position.Value) / 2) + 1, index.EndAt(new LogPosition(position)));
        Assert.InRange(index.Oldest.Value, 1, first.Position.Value + (2 * 32_768));
    }

    [Fact]
    public async Task Who_waits_for_a_position_goes_on_when_it_is_visible()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        LogPosition now = host.Engine.VisibleUpTo;
        Task reached = host.Engine.WaitForPositionAsync(now);
        Task next = host.Engine.WaitForPositionAsync(now.Next);
        Task later = host.Engine.WaitForPositionAsync(now.Next.Next, Patience, TimeProvider.System, CancellationToken.None);
        Assert.True(reached.IsCompletedSuccessfully);
        Assert.False(next.IsCompleted);
        await host.Engine.AppendAsync("s", Rows.Of(1));
        await next.WaitAsync(Patience);
        Assert.False(later.IsCompleted);
        await host.Engine.AppendAsync("s", Rows.Of(2));
        await later.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_position_that_does_not_come_is_an_error_that_says_what_was_found()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        StorageException late = await Assert.ThrowsAsync<StorageException>(
            () => host.Engine.WaitForPositionAsync(new LogPosition(1_000), TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None));
        Assert.Equal(StorageErrorCode.PositionNotReached, late.Code);
        Assert.Equal("position 1000 was asked for; after 0.02 s, 1 is visible", late.Message);
        using CancellationTokenSource off = new();
        Task waiting = host.Engine.WaitForPositionAsync(new LogPosition(1_000), Patience, TimeProvider.System, off.Token);
        await off.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Task forgotten = host.Engine.WaitForPositionAsync(new LogPosition(1_000));
        await host.CloseAsync();
        Assert.Equal(StorageErrorCode.NodeStopped, (await Assert.ThrowsAsync<StorageException>(() => forgotten)).Code);
    }

    [Fact]
    public async Task Views_of_several_streams_are_of_one_moment()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("a", Rows.Schema);
        await host.Engine.CreateStreamAsync("b", Rows.Schema);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await host.Engine.AppendAsync("a", Rows.Of(i));
                await host.Engine.AppendAsync("b", Rows.Of(i));
            }
        });
        int looks = 0;
        for (; !writing.IsCompleted || looks == 0; looks++)
        {
            // Asked for in the order in which a reader of one after the other would see more of the second.
            IReadOnlyList<StreamView> views = host.Engine.OpenViews(["a", "b"]);
            Assert.InRange(views[0].EndOffset - views[1].EndOffset, 0, 1);
            Assert.Equal(views[0].Position, views[1].Position);
            await host.Engine.WaitForPositionAsync(views[0].Position);
            Assert.Equal(views.Select(v => v.EndOffset), new[] { "a", "b" }.Select(s => host.Engine.FindEndOffset(s, views[0].Position)));
        }

        await writing;
        output.WriteLine($"{looks} looks");
    }

    private static void Check(StreamView view, long end)
    {
        view.CheckShape();
        Assert.Equal(end, view.EndOffset);
        Assert.Equal(Enumerable.Range(0, (int)(end - view.FirstOffset)).Select(n => view.FirstOffset + n), view.Numbers());
        ScanBlock[] blocks = [.. view.Groups.SelectMany(g => g.Blocks)];
        Assert.Equal(end - view.FirstOffset, view.Groups.Sum(g => g.RowCount));
        Assert.Equal(end - view.FirstOffset, blocks.Sum(b => (long)b.RowCount));
        List<long> scanned = [];
        foreach (ScanBlock block in blocks)
        {
            Arrow.ArrayData offsets = block.Offsets(null);
            Arrow.ArrayData numbers = block.Column(0, null);
            Arrow.ArrayData times = block.Times(null);
            Zone offsetZone = block.OffsetZone;
            Zone timeZone = block.TimeZone;
            for (int i = 0; i < block.RowCount; i++)
            {
                scanned.Add(ArrayReader.GetInt64(offsets, i));
                Assert.Equal(scanned[^1], ArrayReader.GetInt64(numbers, i));
                Assert.True(IsIn(offsetZone, scanned[^1]));
                Assert.True(IsIn(timeZone, ArrayReader.GetInt64(times, i)));
            }
        }

        scanned.Sort();
        Assert.Equal(Enumerable.Range(0, scanned.Count).Select(n => view.FirstOffset + n), scanned);
    }

    private static bool IsIn(Zone zone, long value) => zone.Least <= ZoneValue.Of(value) && ZoneValue.Of(value) <= zone.Greatest;
}
