using Varve.Arrow;
using Varve.Query.Tests.Fixtures;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Query.Tests.Types;

/// <summary>Random columns, nested ones among them, leave as they came: whole, sorted the other way, and filtered.</summary>
public sealed class RandomValuesTests(QueryFixture fixture, ITestOutputHelper output) : IClassFixture<QueryFixture>
{
    [Fact]
    public async Task Random_columns_of_every_shape_leave_as_they_came()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        for (int round = 0; round < 12; round++)
        {
            string stream = $"random{round}";
            int rows = random.Next(1, 9000);
            ArrowType[] types = [.. Enumerable.Range(0, 4).Select(_ => RandomColumns.Type(random, 3))];
            RecordBatch batch = TestArrays.Batch([.. types.Select((t, i) => ($"c{i}", t, RandomColumns.Values(random, t, rows)))]);
            await AppendInPiecesAsync(stream, batch, random);

            string[] expected = [.. Enumerable.Range(0, rows).Select(r => string.Join('|', batch.Columns.Select(c => Rows.Show(c, r))))];
            Assert.Equal(expected, await fixture.Engine.ReadAsync($"SELECT * EXCLUDE (_offset, _time) FROM {stream} ORDER BY _offset"));
            Assert.Equal(expected.Reverse(), await fixture.Engine.ReadAsync($"SELECT c0, c1, c2, c3 FROM {stream} ORDER BY _offset DESC"));
            int step = random.Next(1, 7);
            Assert.Equal(
                expected.Where((_, i) => i % step == 0),
                await fixture.Engine.ReadAsync($"SELECT c0, c1, c2, c3 FROM (SELECT * FROM {stream} WHERE _offset % {step} = 0) ORDER BY _offset"));
        }
    }

    private async Task AppendInPiecesAsync(string stream, RecordBatch batch, Random random)
    {
        await fixture.Storage.CreateStreamAsync(stream, batch.Schema);
        for (int at = 0; at < batch.RowCount;)
        {
            int count = Math.Min(random.Next(1, 4000), batch.RowCount - at);
            await fixture.Storage.AppendAsync(stream, batch.Slice(at, count));
            at += count;
        }
    }
}
