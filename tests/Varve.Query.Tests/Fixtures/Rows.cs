using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Query.Tests.Fixtures;

/// <summary>Results as lines of text that tests compare.</summary>
internal static class Rows
{
    /// <summary>All rows, columns separated by <c>|</c>.</summary>
    public static async Task<string[]> ReadAsync(
        this QueryEngine engine, string sql, QueryParameters? parameters = null, QuerySettings? settings = null)
    {
        List<string> rows = [];
        await using QueryResult result = await engine.ExecuteAsync(sql, parameters, settings, CancellationToken.None);
        await foreach (RecordBatch batch in result.ReadAllAsync(CancellationToken.None))
        {
            for (int row = 0; row < batch.RowCount; row++)
                rows.Add(string.Join('|', batch.Columns.Select(c => Show(c, row))));
        }

        return [.. rows];
    }

    /// <summary>A value as text; unlike a CSV's it tells null from the empty text.</summary>
    public static string Show(ArrayData array, int row) => array.IsNull(row) ? "null" : ArrayReader.Format(array, row);

    /// <summary>The one value of a statement of one row and column.</summary>
    public static async Task<string> OneAsync(this QueryEngine engine, string sql, QueryParameters? parameters = null) =>
        Assert.Single(await engine.ReadAsync(sql, parameters));

    public static async Task<QueryException> FailAsync(this QueryEngine engine, string sql, QueryParameters? parameters = null) =>
        await Assert.ThrowsAsync<QueryException>(() => engine.ReadAsync(sql, parameters));
}
