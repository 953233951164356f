using Varve.Arrow;
using Varve.Benchmarks.Query;

namespace Varve.Load.Memory;

/// <summary>The telemetry rows of ../shared/bench, made piece by piece, so that they are never all in memory. One reader.</summary>
internal sealed class TelemetryRows : IDisposable
{
    /// <summary>Rows made by one statement.</summary>
    private const long PieceRows = 500_000;

    private readonly NativeTable _database = new(threadCount: 1);

    public IEnumerable<RecordBatch> Read(long rowCount, int batchRows)
    {
        for (long start = 0; start < rowCount; start += PieceRows)
        {
            foreach (RecordBatch batch in _database.Read(Statement(start, Math.Min(rowCount, start + PieceRows))))
            {
                for (int row = 0; row < batch.RowCount; row += batchRows)
                    yield return batch.Slice(row, Math.Min(batchRows, batch.RowCount - row));
            }
        }
    }

    public void Dispose() => _database.Dispose();

    /// <summary>Every row is a function of its number, so that a piece is the statement over a part of the numbers.</summary>
    private static string Statement(long start, long end) => BenchmarkSql.CreateTable("t", -1)
        .Replace("CREATE OR REPLACE TABLE t AS", "", StringComparison.Ordinal)
        .Replace("range(-1)", $"range({start}, {end})", StringComparison.Ordinal);
}
