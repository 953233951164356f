using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;

namespace Varve.Storage.Tests.Segments;

public class CacheTests
{
    [Fact]
    public void Nothing_of_a_file_is_touched_before_it_is_needed()
    {
        using SegmentFolder folder = new();
        SegmentFile written = folder.Write(SmallRows.Source(clustered: false));
        SegmentFile absent = SegmentTesting.Open(folder.PathOf(99), written.Info, SmallRows.Schema, SegmentTesting.Key);
        Assert.Equal(3, absent.BlockCount);
        Assert.Equal(0, folder.Meter.PagesRead);
        written.Block(1);
        written.ZoneOf(0, 2);
        written.Block(0);
        Assert.Equal(1, folder.Meter.PagesRead);
        written.Column(0, 3, null);
        Assert.Equal((2, 1), (folder.Meter.PagesRead, folder.Meter.PagesDecoded));
    }

    [Fact]
    public void A_column_added_later_is_null_without_a_look_at_the_file()
    {
        using SegmentFolder folder = new();
        folder.Write(SmallRows.Source(clustered: false));
        Schema wider = new([.. SmallRows.Schema.Fields, new Field("later", ArrowTypes.Utf8)]);
        SegmentFile file = SegmentTesting.Open(folder.PathOf(99), folder.LastInfo, wider, SegmentTesting.Key);
        ArrayData later = file.Column(0, wider.Fields.Count - 1, null);
        Assert.Equal((24, 24), (later.Length, later.NullCount));
        Assert.True(file.ZoneOf(0, wider.Fields.Count - 1)!.Value.IsEmpty);
        Assert.False(file.MayHold(0, wider.Fields.Count - 1, Storage.Zones.ZoneValue.OfBytes("x"u8)));
    }

    [Fact]
    public void What_was_used_longest_ago_goes_first_and_the_bound_holds()
    {
        using SegmentMeter meter = new();
        SegmentCache cache = new(100, meter);
        SegmentFile file = Unread();
        for (int slot = 0; slot < 4; slot++)
            cache.Put(file, slot, $"part {slot}", 25);
        Assert.Equal("part 0", cache.Find(file, 0));
        cache.Put(file, 4, "part 4", 30);
        Assert.Equal(("part 0", null, null), (cache.Find(file, 0), cache.Find(file, 1), cache.Find(file, 2)));
        Assert.Equal(80, cache.UsedBytes);
        cache.Put(file, 5, "too much", 101);
        Assert.Null(cache.Find(file, 5));
        cache.Put(file, 0, "part 0 again", 10);
        Assert.Equal(65, cache.UsedBytes);
    }

    [Fact]
    public void Pages_take_the_room_that_is_left_and_few_of_them_one_anothers()
    {
        using SegmentMeter meter = new();
        SegmentCache cache = new(4000, meter);
        SegmentFile file = Unread();
        byte[] page = new byte[744];
        cache.Put(file, 0, "part", 900);
        for (int slot = 1; slot <= 3; slot++)
        {
            Assert.True(cache.Wants(page.Length));
            cache.PutPage(file, slot, page);
        }

        Assert.Equal(3900, cache.UsedBytes);
        Assert.NotNull(cache.Find(file, 1));
        Assert.Equal(2, Enumerable.Range(0, 32).Count(_ => cache.Wants(page.Length)));
        Assert.DoesNotContain(true, Enumerable.Range(0, 32).Select(_ => cache.Wants(4000)));
        cache.PutPage(file, 4, page);
        Assert.Equal((null, "part"), (cache.Find(file, 2), cache.Find(file, 0)));
        Assert.NotNull(cache.Find(file, 1));
        cache.Put(file, 5, "another part", 3100);
        Assert.Equal((null, null, "part", 4000), (cache.Find(file, 1), cache.Find(file, 4), cache.Find(file, 0), cache.UsedBytes));
        cache.PutPage(file, 6, page);
        Assert.Equal((null, 4000), (cache.Find(file, 6), cache.UsedBytes));
        cache.Forget(file);
        Assert.Equal(0, cache.UsedBytes);
    }

    /// <summary>And nothing is kept of a file that has left the catalog, whose views read on.</summary>
    [Fact]
    public void Pages_that_are_scanned_are_read_once()
    {
        using SegmentFolder folder = new();
        SegmentFile file = folder.Write(SmallRows.Source(clustered: false));
        var buffers = new BlockBuffers();
        string[] once = [.. Columns()];
        long read = folder.Meter.PagesRead;
        Assert.Equal(once, Columns());
        Assert.Equal(read, folder.Meter.PagesRead);
        file.Forget();
        Assert.Equal(0, folder.Cache.UsedBytes);
        Assert.Equal(once, Columns());
        read = folder.Meter.PagesRead;
        Assert.Equal(once, Columns());
        Assert.True(folder.Meter.PagesRead > read);

        IEnumerable<string> Columns()
        {
            for (int field = 0; field < SmallRows.Schema.Fields.Count; field++)
            {
                buffers.Reset();
                ArrayData column = file.Column(0, field, buffers);
                yield return string.Join(' ', Enumerable.Range(0, column.Length).Select(row => ArrayReader.Format(column, row)));
            }
        }
    }

    [Fact]
    public void A_file_that_left_the_catalog_takes_no_more_room()
    {
        using SegmentMeter meter = new();
        SegmentCache cache = new(100, meter);
        (SegmentFile first, SegmentFile second) = (Unread(), Unread());
        cache.Put(first, 0, "first", 10);
        cache.Put(second, 0, "second", 10);
        cache.Put(first, 1, "first", 10);
        cache.Forget(first);
        Assert.Equal((null, "second", 10), (cache.Find(first, 0), cache.Find(second, 0), cache.UsedBytes));
    }

    [Fact]
    public void A_dictionary_that_somebody_holds_is_never_made_twice()
    {
        using SegmentFolder folder = new();
        MemorySource rows = SmallRows.Source(clustered: false);
        folder.Write(rows);
        SegmentFile file = SegmentTesting.Open(
            folder.LastPath, folder.LastInfo, rows.Schema, SegmentTesting.Key, new SegmentCache(0, folder.Meter));
        ArrayData first = file.Column(0, 0, null);
        Assert.Same(first.Dictionary, file.Column(1, 0, null).Dictionary);
        GC.KeepAlive(first);
    }

    [Fact]
    public void An_opened_file_outlives_its_name()
    {
        using SegmentFolder folder = new();
        MemorySource rows = SmallRows.Source(clustered: true);
        SegmentFile file = folder.Write(rows);
        file.OpenFile();
        File.Delete(folder.LastPath);
        SegmentTesting.CheckRows(file, rows.Schema, SmallRows.Blocks(rows));
    }

    [Fact]
    public async Task Any_number_of_threads_read_the_same_file()
    {
        using SegmentFolder folder = new();
        MemorySource rows = SmallRows.Source(clustered: false);
        SegmentFile file = folder.Write(rows);
        RecordBatch[] blocks = SmallRows.Blocks(rows);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 50; i++)
                SegmentTesting.CheckRows(file, rows.Schema, blocks);
        })));
    }

    private static SegmentFile Unread() => SegmentFile.Open(
        LinuxFileSystem.Instance,
        "/nowhere",
        new SegmentInfo
        {
            Id = 1,
            StreamId = 1,
            FirstOffset = 0,
            RowCount = 1,
            BlockRows = [1],
            ColumnCount = 0,
            KeyVersion = 0,
            FileBytes = 0,
            FirstTimeMicros = 0,
            LastTimeMicros = 0,
            IsClustered = false,
            Zones = [],
        },
        new Schema([]),
        _ => StreamKey.None,
        new SegmentCache(0, new SegmentMeter()));
}
