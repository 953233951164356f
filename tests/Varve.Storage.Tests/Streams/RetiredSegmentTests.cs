using Varve.Storage.Catalog;
using Varve.Storage.Records;
using Varve.Storage.Streams;
using Varve.Storage.Tests.Segments;

namespace Varve.Storage.Tests.Streams;

public class RetiredSegmentTests
{
    [Fact]
    public void Segments_that_go_are_handed_over_once_nobody_is_shown_them()
    {
        StreamCatalog catalog = new(CheckpointState.Empty);
        long position = 0;
        void Apply(LogRecord record) => catalog.Apply(record, new LogPosition(++position));
        Apply(new CreateStreamRecord(1, 1, "s", Rows.Schema));
        Apply(new AppendRecord(1, 1_000_000, 0, 0, 1, new StreamSchema(Rows.Schema, 1).All, Rows.Range(0, 100)));
        for (int i = 0; i < 4; i++)
            Apply(new SealRecord(1, 1_000_000, TestSegments.Info(i + 1, 1, i * 20, (i + 1) * 20)));
        catalog.Publish();
        Assert.Empty(catalog.Retired.TakeAll());

        Apply(new ReplaceSegmentsRecord(1, 1_000_000, [2, 3], [TestSegments.Info(5, 1, 20, 60)]));
        Assert.Empty(catalog.Retired.TakeAll());
        catalog.Publish();
        Assert.Equal([2, 3], Taken(catalog));
        Apply(new TrimRecord(1, 1_000_000, 60));
        catalog.Publish();
        Assert.Equal([1, 5], Taken(catalog));
        Apply(new DropStreamRecord(1, 1_000_000));
        catalog.Publish();
        Assert.Equal([4], Taken(catalog));
        Assert.Empty(Taken(catalog));
    }

    private static IEnumerable<long> Taken(StreamCatalog catalog) => catalog.Retired.TakeAll().Select(s => s.Id);
}
