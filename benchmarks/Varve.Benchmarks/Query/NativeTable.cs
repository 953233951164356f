using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Results;
using Varve.Storage;

namespace Varve.Benchmarks.Query;

/// <summary>
/// DuckDB's own in-memory table in this process: what the scan of a stream is compared with. Rows leave through the same Arrow batches.
/// </summary>
internal sealed class NativeTable : IDisposable
{
    private readonly DuckDbDatabase _database;
    private readonly DuckDbConnection _connection;

    public NativeTable(int threadCount)
    {
        _database = new DuckDbDatabase(
        [
            ("threads", $"{threadCount}"),
            ("temp_directory", ""),
            ("preserve_insertion_order", "false"),
            ("disabled_optimizers", "top_n_window_elimination"),
        ]);
        _connection = _database.Connect();
    }

    public void Execute(string sql) => _connection.Execute(sql);

    public IEnumerable<RecordBatch> Read(string sql)
    {
        using DuckDbStatement statement = _connection.Prepare(sql);
        using DuckDbResult result = statement.Execute();
        var batches = new ResultBatches(result);
        while (result.Fetch() is { } chunk)
        {
            using (chunk)
            {
                foreach (RecordBatch batch in batches.Append(chunk))
                    yield return batch;
            }
        }

        foreach (RecordBatch batch in batches.TakeRest())
            yield return batch;
    }

    /// <summary>Appends a table's rows, in the order of their column "offset", to a new stream of its name; reads on while a batch is on its way.</summary>
    public async Task CopyAsync(string table, StorageEngine storage)
    {
        Task<AppendResult>? last = null;
        foreach (RecordBatch batch in Read($"SELECT * FROM {table} ORDER BY \"offset\""))
        {
            if (last is null)
                await storage.CreateStreamAsync(table, batch.Schema).ConfigureAwait(false);
            else
                await last.ConfigureAwait(false);
            last = storage.AppendAsync(table, batch);
        }

        await last!.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }
}
