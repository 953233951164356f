using Varve.Arrow.Ipc;
using Varve.Storage.Streams;

namespace Varve.Storage.Tests.Streams;

public class CompressionTrialTests
{
    [Fact]
    public void Small_records_are_left_as_they_are() =>
        Assert.Equal(BodyCompression.None, new CompressionTrial().Choose((256 << 10) - 1));

    [Fact]
    public void Large_records_are_compressed_while_that_saves_a_quarter()
    {
        CompressionTrial trial = new();
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(BodyCompression.Zstd, trial.Choose(1 << 20));
            trial.Learn(1 << 20, 700_000);
        }
    }

    [Fact]
    public void Where_it_saved_too_little_it_is_tried_again_later()
    {
        CompressionTrial trial = new();
        Assert.Equal(BodyCompression.Zstd, trial.Choose(1 << 20));
        trial.Learn(1 << 20, 900_000);
        Assert.All(Enumerable.Range(0, 15), _ => Assert.Equal(BodyCompression.None, trial.Choose(1 << 20)));
        Assert.Equal(BodyCompression.Zstd, trial.Choose(1 << 20));
    }
}
