using Varve.Arrow;
using Varve.Query;

namespace Varve.Benchmarks.Query;

/// <summary>Reads results whose rows only count.</summary>
internal static class EngineReading
{
    public static async Task<long> CountRowsAsync(this QueryEngine engine, string sql)
    {
        long rows = 0;
        QueryResult result = await engine.ExecuteAsync(sql).ConfigureAwait(false);
        await using (result.ConfigureAwait(false))
        {
            await foreach (RecordBatch batch in result.ReadAllAsync().ConfigureAwait(false))
                rows += batch.RowCount;
        }

        return rows;
    }
}
