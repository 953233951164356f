using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Sessions;
using Varve.Query.Types;

namespace Varve.Query.Export;

/// <summary>
/// Writes rows to a Parquet file, compressed by zstd, by a DuckDB instance of its own that can reach that file and nothing else. Columns have the types
/// of docs/sql.md, all nullable. Stateless.
/// </summary>
public static class ParquetExport
{
    private const long MemoryLimitBytes = 1L << 30;

    /// <summary>Writes the file; what stands there before the call completes, or after it failed, is no Parquet file yet.</summary>
    /// <param name="path">Replaced where it is there.</param>
    /// <param name="schema">Of every batch.</param>
    /// <param name="rows">Read to the end.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="QueryException">A column or value that Parquet or SQL cannot hold, or a disk that fails.</exception>
    public static async Task WriteAsync(
        string path, Schema schema, IAsyncEnumerable<RecordBatch> rows, CancellationToken cancellation = default)
    {
        foreach (Field field in schema.Fields)
            RefuseIntervals(field, field.Type);
        var waiting = new ExportRows(schema);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task feeding = FeedAsync(waiting, rows, stop.Token);
        using var threads = new StatementThreads("varve export", count: 1, waitingCountMax: int.MaxValue);
        try
        {
            await threads.RunAsync(() => Copy(Path.GetFullPath(path), waiting, cancellation), isNew: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (QueryException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (QueryException) when (feeding.IsFaulted)
        {
            // The rows failed first: that is what went wrong.
            await feeding.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool Copy(string path, ExportRows rows, CancellationToken cancellation)
    {
        using var database = new DuckDbDatabase(
        [
            ("threads", Environment.ProcessorCount.ToString()),
            ("memory_limit", $"{MemoryLimitBytes}B"),
            ("temp_directory", ""),
            ("autoinstall_known_extensions", "false"),
            ("autoload_known_extensions", "false"),
            ("allow_community_extensions", "false"),
        ]);
        using DuckDbConnection connection = database.Connect();
        ExportFunction.Register(connection, rows);
        connection.Execute(
            $"SET GLOBAL TimeZone = 'UTC'; SET allowed_paths = [{SqlNames.Literal(path)}]; "
            + "SET enable_external_access = false; SET lock_configuration = true");
        using var interrupter = new Interrupter(TimeProvider.System, connection.Interrupt, cancellation);
        connection.Execute(
            $"COPY (SELECT * FROM {ExportFunction.Name}()) TO {SqlNames.Literal(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)");
        return true;
    }

    private static async Task FeedAsync(ExportRows waiting, IAsyncEnumerable<RecordBatch> rows, CancellationToken cancellation)
    {
        try
        {
            await foreach (RecordBatch batch in rows.WithCancellation(cancellation).ConfigureAwait(false))
                await waiting.Batches.WriteAsync(batch, cancellation).ConfigureAwait(false);
            waiting.Batches.TryComplete();
        }
        catch (Exception e)
        {
            waiting.Batches.TryComplete(e);
            throw;
        }
    }

    /// <summary>Parquet counts them in milliseconds, which would change values silently.</summary>
    private static void RefuseIntervals(Field column, ArrowType type)
    {
        if (type is IntervalType or DurationType { Unit: not TimeUnit.Nanosecond })
        {
            throw new QueryException(
                QueryErrorCode.InvalidValue,
                $"column '{column.Name}' of type {column.Type.Name} cannot be written to Parquet, whose intervals have milliseconds only: write Arrow");
        }

        foreach (Field child in type.Children)
            RefuseIntervals(column, child.Type);
    }
}
