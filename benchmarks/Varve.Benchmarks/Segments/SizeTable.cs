using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Results;

namespace Varve.Benchmarks.Segments;

/// <summary>A table in DuckDB whose rows keep their order: once into a Parquet file, once out as Arrow.</summary>
internal sealed class SizeTable : IDisposable
{
    private readonly DuckDbDatabase _database = new([("threads", $"{Environment.ProcessorCount}"), ("temp_directory", "")]);
    private readonly DuckDbConnection _connection;

    /// <param name="query">Its rows, in their order.</param>
    public SizeTable(string query)
    {
        _connection = _database.Connect();
        _connection.Execute("SET GLOBAL TimeZone = 'UTC'");
        _connection.Execute($"CREATE TABLE t AS {query}");
    }

    /// <summary>DuckDB's Parquet at its smallest: version 2 and zstd.</summary>
    public void WriteParquet(string path) => _connection.Execute($"COPY t TO '{path}' (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)");

    public IEnumerable<RecordBatch> Read()
    {
        using DuckDbStatement statement = _connection.Prepare("SELECT * FROM t");
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

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }
}
