using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Results;

namespace Varve.Query.Tests.Fixtures;

/// <summary>DuckDB by itself, with tables of its own: what a scan's answers are compared with, and where test data is made.</summary>
internal sealed class NativeTables : IDisposable
{
    private readonly DuckDbDatabase _database = new([("threads", "2"), ("disabled_optimizers", "top_n_window_elimination"), ("temp_directory", "")]);
    private readonly DuckDbConnection _connection;

    public NativeTables()
    {
        _connection = _database.Connect();
        _connection.Execute("SET GLOBAL TimeZone = 'UTC'");
    }

    public void Execute(string sql) => _connection.Execute(sql);

    public IReadOnlyList<RecordBatch> Read(string sql)
    {
        using DuckDbStatement statement = _connection.Prepare(sql);
        using DuckDbResult result = statement.Execute();
        var batches = new ResultBatches(result);
        List<RecordBatch> read = [];
        while (result.Fetch() is { } chunk)
        {
            using (chunk)
                read.AddRange(batches.Append(chunk));
        }

        return [.. read, .. batches.TakeRest()];
    }

    public string[] ReadText(string sql) =>
        [.. Read(sql).SelectMany(b => Enumerable.Range(0, b.RowCount).Select(r => string.Join('|', b.Columns.Select(c => Rows.Show(c, r)))))];

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }
}
