using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Results;

namespace Varve.EndToEnd.Tests.RealData;

/// <summary>DuckDB by itself, reading files where they lie: what Varve's answers are compared with.</summary>
internal sealed class DirectDuckDb : IDisposable
{
    private readonly DuckDbDatabase _database = new([("threads", "2")]);
    private readonly DuckDbConnection _connection;

    public DirectDuckDb() => _connection = _database.Connect();

    public void Execute(string sql) => _connection.Execute(sql);

    public (Schema Schema, IReadOnlyList<string> Rows) Query(string sql)
    {
        using DuckDbStatement statement = _connection.Prepare(sql);
        using DuckDbResult result = statement.Execute();
        var batches = new ResultBatches(result);
        var rows = new List<string>();
        while (result.Fetch() is { } chunk)
        {
            using (chunk)
            {
                foreach (RecordBatch batch in batches.Append(chunk))
                    rows.AddRange(RowText.Of(batch));
            }
        }

        foreach (RecordBatch batch in batches.TakeRest())
            rows.AddRange(RowText.Of(batch));
        return (batches.Schema, rows);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }
}
