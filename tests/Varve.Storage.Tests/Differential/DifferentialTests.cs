using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Differential;

public class DifferentialTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_is_sealed_merged_ordered_trimmed_and_reopened_reads_as_a_plain_model_says(bool isEager)
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int run = 0; run < 3; run++)
        {
            await using EngineHost host = await EngineHost.StartAsync(o => o with
            {
                SealRows = isEager ? random.Next(1, 400) : 1 << 20,
                SegmentRowsMax = random.Next(100, 10_000),
                SegmentRawBytesMax = random.Next(10_000, 4_000_000),
                SegmentCacheBytes = random.Next(3) == 0 ? 0 : 1 << 20,
                Compacts = isEager,
            });
            await new DifferentialRun(random, host, output.WriteLine).LiveAsync(100);
        }
    }

    [Fact]
    public async Task The_check_finds_a_value_and_an_order_that_differ()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 100));
        await host.Engine.FlushAsync("s");
        StreamView view = host.Engine.OpenView("s");
        StreamPicture Picture(params long[] numbers)
        {
            StreamModel model = new(Rows.Schema);
            model.Append(Rows.Of(numbers));
            return model.Snapshot();
        }

        long[] right = [.. Enumerable.Range(0, 100).Select(n => (long)n)];
        ViewCheck.Check(view, Picture(right));
        Assert.ThrowsAny<Exception>(() => ViewCheck.Check(view, Picture([.. right[..^1], 98])));
        Assert.ThrowsAny<Exception>(() => ViewCheck.Check(view, Picture([1, 0, .. right[2..]])));
        Assert.ThrowsAny<Exception>(() => ViewCheck.Check(view, Picture(right[..^1])));
    }
}
