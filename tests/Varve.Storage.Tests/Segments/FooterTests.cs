using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Format;
using Varve.Storage.Zones;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments;

public class FooterTests(ITestOutputHelper output)
{
    private const long FooterPlace = 1_000_000;

    [Fact]
    public void A_footer_is_read_as_it_was_written()
    {
        (byte[] bytes, List<ColumnEntry> columns) = Example();
        SegmentFooter footer = SegmentFooter.Read(bytes, FooterPlace);
        Assert.Equal((77, false, 1, 30), (footer.FirstOffset, footer.HasOffsets, footer.ColumnCount, footer.RowCount));
        Assert.Equal([0, 20], footer.FirstRows);
        for (int i = 0; i < columns.Count; i++)
        {
            ColumnEntry read = footer.Column(i);
            Assert.Equal((columns[i].Name, columns[i].TypeName, columns[i].FirstNumber), (read.Name, read.TypeName, read.FirstNumber));
            Assert.Equal(Show(columns[i].Dictionary?.Page), Show(read.Dictionary?.Page));
            Assert.Equal(columns[i].Blocks.Select(b => Show(b.Page)), read.Blocks.Select(b => Show(b.Page)));
            Assert.Equal(columns[i].Blocks.Select(Rest), read.Blocks.Select(Rest));
            Assert.Equal(columns[i].Bloom?.Buckets, read.Bloom?.Buckets);
            Assert.Equal(columns[i].Bloom?.Parts.Select(p => Show(p)), read.Bloom?.Parts.Select(p => Show(p)));
        }
    }

    [Fact]
    public void Pages_that_leave_a_gap_are_refused()
    {
        (byte[] bytes, _) = Example();
        SegmentFooter footer = SegmentFooter.Read(bytes, FooterPlace);
        Assert.Contains("stands at", Assert.Throws<PageFormatException>(() => footer.CheckPages()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_footer_holds_it_is_refused_or_keeps_within_the_file()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        (byte[] bytes, _) = Example();
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. bytes];
            for (int i = random.Next(1, 4); i > 0; i--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (random.Next(8) == 0)
                changed = changed[..random.Next(changed.Length)];
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                SegmentFooter footer = SegmentFooter.Read(changed, FooterPlace);
                Assert.All(footer.BlockRows, r => Assert.InRange(r, 1, SegmentFooter.BlockRowsMax));
                for (int i = 0; i < footer.StoredColumnCount; i++)
                    Check(footer.Column(i), footer.RowCount);
            }
            catch (PageFormatException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 10);
        }

        Assert.InRange(refused, 1_000, 19_999);
    }

    private static void Check(ColumnEntry column, long rowCount)
    {
        foreach (PagePlace page in column.Pages)
        {
            Assert.InRange(page.Place, SegmentHeader.Bytes, FooterPlace);
            Assert.InRange(page.Place + page.StoredBytes, SegmentHeader.Bytes, FooterPlace);
        }

        Assert.All(column.Blocks, b => Assert.InRange(b.RawBytes, 0, ColumnFormat.PayloadBytesMax));
        Assert.InRange(column.Dictionary?.ValueCount ?? 0, 0, rowCount);
    }

    private static (byte[] Bytes, List<ColumnEntry> Columns) Example()
    {
        List<ColumnEntry> columns =
        [
            new()
            {
                Name = "host",
                TypeName = "utf8",
                FirstNumber = 0,
                Dictionary = new DictionaryEntry(new PagePlace(0, 96, 500, default), 25, 300, "for 3 bit + zstd"),
                Blocks =
                [
                    new(new PagePlace(1, 612, 64, default), 3, 5_000, "dict", new Zone(ZoneValue.OfBytes("a"u8), ZoneValue.OfBytes("z"u8), true)),
                    new(new PagePlace(-1, 0, 2, new byte[] { 3, 0 }), 10, 0, "null", new Zone(default, default, HasNulls: true, IsEmpty: true)),
                ],
                Bloom = new BloomEntry([new PagePlace(2, 700, 96, default), new PagePlace(3, 900, 96, default)], [1, 2]),
            },
            new()
            {
                Name = "_time",
                TypeName = "timestamp[us, UTC]",
                FirstNumber = 4,
                Dictionary = null,
                Blocks =
                [
                    new(new PagePlace(4, 20_000, 80, default), 0, 160, "for", new Zone(ZoneValue.Of(-5), ZoneValue.Of(1L << 50), false)),
                    new(new PagePlace(5, 30_000, 40, default), 0, 80, "for", null),
                ],
                Bloom = null,
            },
        ];
        using VectorWriter writer = new();
        SegmentFooter.Write(77, [20, 10], columns, hasOffsets: false, writer);
        return (writer.Written.ToArray(), columns);
    }

    private static (int, long, string, Zone?) Rest(BlockEntry block) => (block.NullCount, block.RawBytes, block.Encoding, block.Zone);

    private static string Show(PagePlace? page) => page is { } p ? $"{p.Number} {p.Place} {p.PayloadBytes} {Convert.ToHexString(p.Inline.Span)}" : "";
}
