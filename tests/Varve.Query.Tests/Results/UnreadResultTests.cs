using Varve.Arrow;
using Varve.Query.Tests.Fixtures;

namespace Varve.Query.Tests.Results;

[Collection(AloneCollection.Name)]
public sealed class UnreadResultTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    [Fact]
    public async Task A_result_that_is_not_read_is_not_produced()
    {
        // 100 billion rows: were they not produced as they are read, this would not end.
        await using QueryResult result = await fixture.Engine.ExecuteAsync("SELECT range, repeat('x', 100) AS t FROM range(100000000000)");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        int batches = 0;
        await foreach (RecordBatch batch in result.ReadAllAsync())
        {
            if (++batches == 20)
                break;
            await Task.Yield();
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
    }
}
