using Varve.Storage.Segments;
using Varve.Storage.Segments.Sealing;
using Varve.Storage.Streams;

namespace Varve.Storage.Tests.Segments.Sealing;

public class RetentionPolicyTests
{
    private static readonly SegmentInfo[] Segments =
        [.. Enumerable.Range(0, 5).Select(i => TestSegments.Info(i + 1, 1, i * 100, (i + 1) * 100, time: (i + 1) * 1_000) with { FileBytes = 10 })];

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(2_500, 0, 0, 2)]
    [InlineData(1, 0, 0, 4)]
    [InlineData(100_000, 0, 0, 0)]
    [InlineData(0, 250, 0, 3)]
    [InlineData(0, 50, 0, 5)]
    [InlineData(0, 151, 0, 3)]
    [InlineData(0, 0, 30, 2)]
    [InlineData(0, 0, 31, 1)]
    [InlineData(0, 0, 1, 4)]
    [InlineData(2_500, 151, 1, 4)]
    public void What_is_asked_to_be_kept_is_kept_and_whole_segments_before_it_go(long micros, long rows, long bytes, int expected) =>
        Assert.Equal(expected, RetentionPolicy.TrimCount([.. Segments], 550, new StoredSettings([], micros, rows, bytes), nowMicros: 5_001));
}
