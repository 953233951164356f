using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

public class GoldenRoundTripTests
{
    [Theory]
    [InlineData(BodyCompression.None)]
    [InlineData(BodyCompression.Lz4Frame)]
    [InlineData(BodyCompression.Zstd)]
    public void A_stream_written_again_has_the_same_schema_and_rows(BodyCompression compression)
    {
        using var reader = new IpcStreamReader(GoldenFiles.Stream("cpp-21.0.0/generated_primitive"));
        using var written = new MemoryStream();
        using var writer = new IpcStreamWriter(written, reader.Schema, compression);
        int rows = 0;
        while (reader.ReadNext() is { } batch)
        {
            rows += batch.RowCount;
            writer.Write(batch);
        }

        writer.Finish();
        using var again = new IpcStreamReader(written.ToArray());
        Assert.Equal(reader.Schema, again.Schema);
        int rowsAgain = 0;
        while (again.ReadNext() is { } batch)
            rowsAgain += batch.RowCount;
        Assert.Equal(37, rows);
        Assert.Equal(rows, rowsAgain);
    }
}
