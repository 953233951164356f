using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Demo;

/// <summary>Queries of the demo, over Flight SQL like any client's.</summary>
internal static class DemoSql
{
    /// <summary>The one integer that the statement answers with.</summary>
    public static async Task<long> NumberAsync(VarveClient client, string sql, CancellationToken cancellation)
    {
        using SqlAnswer answer = await client.QueryAsync(sql, cancellation);
        await foreach (RecordBatch batch in answer.ReadAllAsync(cancellation))
        {
            if (batch.RowCount > 0)
                return ArrayReader.GetInt64(batch.Columns[0], 0);
        }

        throw new InvalidDataException($"no row came back from: {sql}");
    }

    /// <summary>Shows the statement and its answer as a table.</summary>
    public static async Task PrintAsync(VarveClient client, string sql, CancellationToken cancellation)
    {
        Heading.PrintSql(sql);
        using SqlAnswer answer = await client.QueryAsync(sql, cancellation);
        await using Stream output = Console.OpenStandardOutput();
        using var table = new TableWriter(answer.Schema, output);
        await foreach (RecordBatch batch in answer.ReadAllAsync(cancellation))
            table.Write(batch);
        table.Finish();
    }
}
