using System.Globalization;
using Varve.Arrow;
using Varve.Query.Tests.Fixtures;
using Varve.Storage;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Query.Tests.Segments;

/// <summary>A stream of many segments on a real disk. VARVE_SEGMENT_COUNT makes them more; how long the opening takes is printed.</summary>
public sealed class ManySegmentsTests(ITestOutputHelper output)
{
    private const int SegmentRows = 50;

    private static readonly int SegmentCount = Environment.GetEnvironmentVariable("VARVE_SEGMENT_COUNT") is { Length: > 0 } given
        ? int.Parse(given, CultureInfo.InvariantCulture)
        : 60;

    [Fact]
    public async Task Opening_and_a_condition_read_nothing_of_the_segments_that_are_not_needed()
    {
        using var directory = new TempDirectory("many-segments");
        var options = new StorageOptions { Directory = directory.Path, Compacts = false };
        await using (StorageEngine filling = await StorageEngine.OpenAsync(options))
            await FillAsync(filling);

        long started = TimeProvider.System.GetTimestamp();
        await using StorageEngine storage = await StorageEngine.OpenAsync(options);
        TimeSpan opening = TimeProvider.System.GetElapsedTime(started);
        Assert.Equal(SegmentCount, storage.Describe("s").SegmentCount);
        Assert.Equal(SegmentCount, storage.OpenView("s").Groups.Count);
        output.WriteLine($"{SegmentCount} segments opened in {opening.TotalMilliseconds:N0} ms");

        // Sealed pages are counted, footers among them, but for those that the footer holds.
        Assert.Equal(0, storage.Statistics.SegmentPagesRead);
        using var engine = new QueryEngine(storage, new QueryOptions { ThreadCount = 2, MemoryLimitBytes = 512 << 20 });
        int wanted = SegmentCount / 2;
        long first = (long)wanted * SegmentRows;
        foreach (string condition in (string[])[$"id BETWEEN {first} AND {first + 9}", $"name = 'name-{first:000000}'", $"_offset = {first}"])
        {
            long before = storage.Statistics.SegmentPagesRead;
            await using QueryResult result = await engine.ExecuteAsync($"SELECT min(id), max(load) FROM s WHERE {condition}");
            await foreach (RecordBatch batch in result.ReadAllAsync())
                Assert.Equal(first.ToString(CultureInfo.InvariantCulture), Rows.Show(batch.Columns[0], 0));
            Assert.Equal((1, SegmentCount - 1), (result.Scan.GroupsRead, result.Scan.GroupsPruned));

            // The footer of the one segment, and what its three columns take.
            Assert.InRange(storage.Statistics.SegmentPagesRead - before, 0, 1 + (3 * 2));
        }

        Assert.Equal(
            $"{(SegmentCount * SegmentRows) - 1}", await engine.OneAsync("SELECT max(id) FROM s WHERE load >= 0 OR name LIKE '%9'"));
        Assert.True(storage.Statistics.SegmentPagesRead >= SegmentCount);
    }

    /// <summary>Numbers and names rise from segment to segment; loads are the same in all.</summary>
    private static async Task FillAsync(StorageEngine storage)
    {
        for (int segment = 0; segment < SegmentCount; segment++)
        {
            long[] numbers = [.. Enumerable.Range(segment * SegmentRows, SegmentRows).Select(n => (long)n)];
            RecordBatch rows = TestArrays.Batch(
                ("id", ArrowTypes.Int64, [.. numbers.Cast<object?>()]),
                ("name", ArrowTypes.Utf8, [.. numbers.Select(n => $"name-{n:000000}")]),
                ("load", ArrowTypes.Int64, [.. numbers.Select(n => (object?)(n % SegmentRows * 1_000_003 % 977))]));
            if (segment == 0)
                await storage.CreateStreamAsync("s", rows.Schema);
            await storage.AppendAsync("s", rows);
            await storage.FlushAsync("s");
        }
    }
}
