namespace Varve.Storage.Tests.Engine;

public class SealTests
{
    [Fact]
    public async Task Flushed_rows_are_in_segments_and_read_as_before()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 150_000));
        await host.Engine.FlushAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(150_000, 1_000));
        for (int pass = 0; pass < 2; pass++)
        {
            StreamDescription stream = host.Engine.Describe("s");
            Assert.Equal((1, 1_000, 151_000), (stream.SegmentCount, stream.TailRowCount, stream.RowCount));
            Assert.Equal(stream.SegmentBytes, new FileInfo(SegmentPath(host, 1)).Length);
            StreamView view = host.Engine.OpenView("s");
            view.CheckShape();
            Assert.Equal(4, view.Chunks.Count);
            Assert.Equal(Enumerable.Range(0, 151_000).Select(n => (long)n), view.Numbers());
            Assert.Equal(Enumerable.Range(0, 151_000).Select(n => n % 5 == 0 ? null : "text " + n), view.Column("text"));
            await host.ReopenAsync();
        }
    }

    private static string SegmentPath(EngineHost host, long id) => Path.Combine(host.Directory, "segments", $"{id:D10}.seg");
}
