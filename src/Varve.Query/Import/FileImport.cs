using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Results;
using Varve.Query.Sessions;
using Varve.Query.Types;

namespace Varve.Query.Import;

/// <summary>
/// Reads a file into record batches, in the file's order, by a DuckDB instance of its own that can reach that file and nothing else. One reader
/// at a time.
/// </summary>
public sealed class FileImport : IAsyncDisposable
{
    private const long MemoryLimitBytes = 1L << 30;

    private readonly StatementThreads _threads = new("varve import", count: 1, waitingCountMax: int.MaxValue);
    private DuckDbDatabase? _database;
    private DuckDbConnection? _connection;
    private DuckDbStatement? _statement;
    private DuckDbResult? _result;
    private ResultBatches? _batches;
    private TargetColumns? _columns;
    private bool _isAtEnd;

    private FileImport()
    {
    }

    /// <summary>The columns as the batches will have them, all nullable.</summary>
    public Schema Schema => _columns!.Schema;

    /// <summary>Rows of the file where it tells them without being read (Parquet); else null.</summary>
    public long? RowCount { get; private set; }

    /// <param name="path">A file on this machine.</param>
    /// <param name="format">How its rows are written.</param>
    /// <param name="target">Decides the types of the columns it has, by name; null: the file decides.</param>
    /// <param name="cancellation">Ends the opening.</param>
    /// <exception cref="QueryException">The file cannot be read or is not of that format; the message has DuckDB's own.</exception>
    public static async Task<FileImport> OpenAsync(string path, ImportFormat format, Schema? target = null, CancellationToken cancellation = default)
    {
        var import = new FileImport();
        try
        {
            await import.RunAsync(() => import.Open(Path.GetFullPath(path), format, target), cancellation).ConfigureAwait(false);
            return import;
        }
        catch
        {
            await import.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The rows, in batches of about 1 MiB.</summary>
    /// <exception cref="QueryException">A row that does not fit; the message has the line where the format has lines.</exception>
    public async IAsyncEnumerable<RecordBatch> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (await RunAsync(ReadChunk, cancellation).ConfigureAwait(false) is { } batches)
        {
            foreach (RecordBatch batch in batches)
                yield return _columns!.Fit(batch);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _threads.RunAsync(Close, isNew: false, CancellationToken.None).ConfigureAwait(false);
        _threads.Dispose();
    }

    private bool Open(string path, ImportFormat format, Schema? target)
    {
        _database = new DuckDbDatabase(
        [
            ("threads", Environment.ProcessorCount.ToString()),
            ("memory_limit", $"{MemoryLimitBytes}B"),
            ("temp_directory", ""),
            ("autoinstall_known_extensions", "false"),
            ("autoload_known_extensions", "false"),
            ("allow_community_extensions", "false"),
        ]);
        _connection = _database.Connect();
        _connection.Execute(
            $"SET GLOBAL TimeZone = 'UTC'; SET allowed_paths = [{SqlNames.Literal(path)}]; "
            + "SET enable_external_access = false; SET lock_configuration = true");
        if (format == ImportFormat.Parquet)
        {
            string rows = $"SELECT sum(num_rows)::BIGINT::VARCHAR FROM parquet_file_metadata({SqlNames.Literal(path)})";
            RowCount = long.Parse(_connection.ReadTexts(rows)[0]);
        }

        _statement = _connection.Prepare(ImportQuery.Write(_connection, path, format, target));
        _result = _statement.Execute();
        _batches = new ResultBatches(_result);
        _columns = new TargetColumns(_batches.Schema, target);
        return true;
    }

    /// <summary>Batches that are complete, perhaps none yet; null behind the end.</summary>
    private List<RecordBatch>? ReadChunk()
    {
        if (_isAtEnd)
            return null;
        using DataChunkHandle? chunk = _result!.Fetch();
        _isAtEnd = chunk is null;
        return [.. chunk is null ? _batches!.TakeRest() : _batches!.Append(chunk)];
    }

    /// <summary>Runs a piece of work that a token can end, also while DuckDB looks at the file.</summary>
    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        try
        {
            return await _threads.RunAsync(Stoppable, isNew: false, cancellation).ConfigureAwait(false);
        }
        catch (QueryException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (QueryException e)
        {
            throw ImportErrors.Clean(e);
        }

        T Stoppable()
        {
            using var interrupter = new Interrupter(TimeProvider.System, () => _connection?.Interrupt(), cancellation);
            return work();
        }
    }

    private bool Close()
    {
        _result?.Dispose();
        _statement?.Dispose();
        _connection?.Dispose();
        _database?.Dispose();
        return true;
    }
}
