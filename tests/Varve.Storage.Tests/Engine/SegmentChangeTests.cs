using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.Segments;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;
using Varve.Storage.Tests.Segments;
using Varve.Storage.Views;
using Varve.Storage.Zones;

namespace Varve.Storage.Tests.Engine;

/// <summary>Seals, replacements and trims through the sequencer, with files of segments that hold nothing.</summary>
public class SegmentChangeTests
{
    [Fact]
    public async Task Sealed_rows_leave_the_tail_and_their_memory_is_free()
    {
        await using EngineHost host = await WithRowsAsync(200_000);
        long full = host.Engine.Statistics.TailBytes;
        Assert.Equal(3 * 65_536, ChunksEnd(host, 2));
        await SealAsync(host, 0, 131_072);
        Assert.Equal(131_072, Stream(host).Head.SealedEnd);
        Assert.Equal(131_072, Stream(host).Head.Chunks.Span[0].FirstOffset);
        Assert.InRange(host.Engine.Statistics.TailBytes, 1, full / 2);
        Assert.Equal(host.Engine.Describe("s").TailBytes, host.Engine.Statistics.TailBytes);
        Assert.Equal((200_000, 68_928, 1), Counts(host));

        await SealAsync(host, 131_072, 200_000);
        Assert.Equal(0, host.Engine.Statistics.TailBytes);
        Assert.Equal(200_000, (await host.Engine.AppendAsync("s", Rows.Of(1))).FirstOffset);
        Assert.Equal((200_001, 1, 2), Counts(host));
    }

    [Fact]
    public async Task A_chunk_that_is_sealed_in_part_takes_no_more_rows_and_shows_the_others()
    {
        await using EngineHost host = await WithRowsAsync(100);
        await SealAsync(host, 0, 40);
        await host.Engine.AppendAsync("s", Rows.Range(100, 10));
        Assert.Equal([0, 100], Stream(host).Head.Chunks.ToArray().Select(c => c.FirstOffset));
        Assert.Equal(Enumerable.Range(40, 70).Select(n => (long)n), TailNumbers(host));
        await SealAsync(host, 40, 100);
        Assert.Equal([100], Stream(host).Head.Chunks.ToArray().Select(c => c.FirstOffset));
        Assert.Equal(Enumerable.Range(100, 10).Select(n => (long)n), TailNumbers(host));
    }

    [Fact]
    public async Task A_view_keeps_the_rows_that_are_sealed_meanwhile()
    {
        await using EngineHost host = await WithRowsAsync(100);
        StreamView before = host.Engine.OpenView("s");
        await SealAsync(host, 0, 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), before.Numbers());
        Assert.Empty(TailNumbers(host));
    }

    [Fact]
    public async Task Chunks_know_the_entry_of_their_first_row()
    {
        await using EngineHost host = await WithRowsAsync(60_000);
        AppendResult large = await host.Engine.AppendAsync("s", Rows.Range(60_000, 80_000));
        AppendResult last = await host.Engine.AppendAsync("s", Rows.Range(140_000, 1));
        Assert.True(large.Position.Value > 3, "the batch was to be written in parts");
        LogPosition[] positions = [.. Stream(host).Head.Chunks.ToArray().Select(c => c.FirstPosition)];
        Assert.Equal(new LogPosition(2), positions[0]);
        Assert.InRange(positions[1].Value, 3, large.Position.Value - 1);
        Assert.InRange(positions[2].Value, positions[1].Value + 1, large.Position.Value);
        await SealAsync(host, 0, 140_000);
        Assert.Equal(131_072, Stream(host).Head.Chunks.Span[0].FirstOffset);
        await host.Engine.AppendAsync("s", Rows.Of(1));
        Assert.True(Stream(host).Head.Chunks.Span[1].FirstPosition > last.Position);
    }

    [Fact]
    public async Task Segments_are_replaced_and_trimmed_and_go_with_their_stream()
    {
        await using EngineHost host = await WithRowsAsync(100);
        for (int i = 0; i < 4; i++)
            await SealAsync(host, i * 20, (i + 1) * 20);
        SegmentChanges changes = host.Engine.SegmentChanges;
        Assert.Equal(SegmentOutcome.Done, await changes.ReplaceAsync(Stream(host), [2, 3], [Info(host, 20, 60)]));
        Assert.Equal([1, 5, 4], Stream(host).Head.Segments.Select(s => s.Id));
        Assert.Equal(SegmentOutcome.Done, await changes.TrimAsync(Stream(host), 60));
        StreamDescription trimmed = host.Engine.Describe("s");
        Assert.Equal((60, 40, 1), (trimmed.FirstOffset, trimmed.RowCount, trimmed.SegmentCount));
        Assert.Equal(40, host.Engine.Statistics.RowCount);
        await host.Engine.DropStreamAsync("s");
        Assert.Equal(0, host.Engine.Statistics.RowCount);
    }

    [Fact]
    public async Task A_change_that_comes_too_late_is_an_outcome()
    {
        await using EngineHost host = await WithRowsAsync(100);
        StreamState stream = Stream(host);
        SegmentChanges changes = host.Engine.SegmentChanges;
        await SealAsync(host, 0, 50);
        Assert.Equal(SegmentOutcome.Overtaken, await changes.SealAsync(stream, Info(host, 0, 60)));
        Assert.Equal(SegmentOutcome.Overtaken, await changes.SealAsync(stream, Info(host, 50, 101)));
        Assert.Equal(SegmentOutcome.Overtaken, await changes.ReplaceAsync(stream, [77], [Info(host, 0, 50)]));
        Assert.Equal(SegmentOutcome.Overtaken, await changes.TrimAsync(stream, 30));
        SegmentInfo late = Info(host, 50, 60);
        await host.Engine.DropStreamAsync("s");
        Assert.Equal(SegmentOutcome.StreamDropped, await changes.SealAsync(stream, late));
        Assert.Equal(SegmentOutcome.StreamDropped, await changes.TrimAsync(stream, 50));
        Assert.True(host.Engine.IsAccepting);
        await host.CloseAsync();
        Assert.Equal(
            StorageErrorCode.NodeStopped, (await Assert.ThrowsAsync<StorageException>(() => changes.TrimAsync(stream, 50))).Code);
    }

    [Fact]
    public async Task Ids_of_segments_go_on_after_a_restart()
    {
        await using EngineHost host = await WithRowsAsync(100);
        await SealAsync(host, 0, 50);
        await host.Engine.SegmentChanges.TrimAsync(Stream(host), 50);
        await host.ReopenAsync();
        Assert.Equal(2, host.Engine.SegmentChanges.TakeId());
    }

    [Fact]
    public async Task Segments_and_settings_are_there_after_a_restart()
    {
        await using EngineHost host = await WithRowsAsync(100);
        StreamSettings settings = new() { ClusterBy = ["text"], RetainFor = TimeSpan.FromDays(100_000), RetainRows = 1_000 };
        await host.Engine.SetStreamSettingsAsync("s", settings);
        await SealAsync(host, 0, 30);
        await SealAsync(host, 30, 60);
        await SealAsync(host, 60, 80);
        await host.Engine.SegmentChanges.ReplaceAsync(Stream(host), [2, 3], [Info(host, 30, 80)]);
        await host.Engine.SegmentChanges.TrimAsync(Stream(host), 30);
        StreamDescription before = host.Engine.Describe("s");
        StreamHead head = Stream(host).Head;
        await host.ReopenAsync();
        StreamDescription after = host.Engine.Describe("s");
        Assert.Equal(before with { Schema = after.Schema, TailBytes = after.TailBytes }, after);
        TestSegments.AssertSame(head.Segments.Single(), Stream(host).Head.Segments.Single());
        Assert.Equal(Enumerable.Range(80, 20).Select(n => (long)n), TailNumbers(host));
    }

    [Fact]
    public async Task Zones_that_no_record_can_hold_are_left_out()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Compacts = false });
        Schema wide = new([.. Enumerable.Range(0, 700).Select(i => new Field("c" + i, ArrowTypes.Utf8))]);
        await host.Engine.CreateStreamAsync("s", wide);
        await host.Engine.AppendAsync("s", Rows.Batch(new Schema([wide.Fields[0]]), ["x"]));
        ZoneValue text = ZoneValue.OfBytes(new byte[60]);
        SegmentInfo segment = Info(host, 0, 1, 700) with { Zones = [.. Enumerable.Repeat((Zone?)new Zone(text, text, false), 700)] };
        Assert.Equal(SegmentOutcome.Done, await host.Engine.SegmentChanges.SealAsync(Stream(host), segment));
        await host.ReopenAsync();
        Assert.All(Stream(host).Head.Segments.Single().Zones, zone => Assert.Null(zone));
    }

    private static async Task<EngineHost> WithRowsAsync(int rowCount)
    {
        EngineHost host = await EngineHost.StartAsync(o => o with { Compacts = false });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, rowCount));
        return host;
    }

    private static async Task SealAsync(EngineHost host, long from, long to) =>
        Assert.Equal(SegmentOutcome.Done, await host.Engine.SegmentChanges.SealAsync(Stream(host), Info(host, from, to)));

    private static SegmentInfo Info(EngineHost host, long from, long to, int columnCount = 2)
    {
        SegmentInfo segment = TestSegments.Info(host.Engine.SegmentChanges.TakeId(), Stream(host).Id, from, to, columnCount);
        TestSegments.WriteFile(host.Options, segment);
        return segment;
    }

    private static StreamState Stream(EngineHost host) => host.Engine.CatalogHead.Find("s");

    private static List<long> TailNumbers(EngineHost host) => [.. ViewCache.TailOf(Stream(host).Head)
        .SelectMany(chunk => Enumerable.Range(0, chunk.RowCount).Select(row => ArrayReader.GetInt64(chunk.Columns[0], row)))];

    private static long ChunksEnd(EngineHost host, int index) => Stream(host).Head.Chunks.Span[index].FirstOffset + 65_536;

    private static (long End, long TailRows, int Segments) Counts(EngineHost host)
    {
        StreamDescription stream = host.Engine.Describe("s");
        return (stream.EndOffset, stream.TailRowCount, stream.SegmentCount);
    }
}
