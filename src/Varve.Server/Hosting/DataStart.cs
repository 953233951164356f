using Microsoft.Extensions.Logging;
using Varve.Backup;
using Varve.Query;
using Varve.Server.Configuration;
using Varve.Storage;

namespace Varve.Server.Hosting;

/// <summary>Opens the engines, and says in an operator's terms why one cannot be opened.</summary>
internal static class DataStart
{
    /// <summary>Of the memory that the process may use: the rest is left to what is counted nowhere, such as the system's own buffers.</summary>
    private const long ProcessMemoryPercent = 95;

    /// <exception cref="StartupException">The data directory cannot be used.</exception>
    public static async Task<StorageEngine> OpenEngineAsync(
        VarveServerOptions options, MemoryPlan memory, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        string directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Data.Directory));
        await RequireUsableAsync(directory, options, cancellationToken);
        var storage = new StorageOptions
        {
            Directory = directory,
            MaxBatchBytes = (int)options.Data.MaxBatchBytes,
            TailMemoryLimitBytes = memory.TailBytes,
            MemoryWait = options.Append.MemoryWait,
            SegmentCacheBytes = memory.SegmentCacheBytes,
            SealRows = options.Seal.Rows,
            SealBytes = options.Seal.Bytes,
            SealAge = options.Seal.Age,
            Compacts = options.Seal.Compact,
            ProducerIdle = options.Producers.Idle,
            ScrubBytesPerSecond = options.Scrub.BytesPerSecond,
            ScrubInterval = options.Scrub.Interval,
            KeepsLogForArchive = options.Backup.Archive > TimeSpan.Zero,
            Keys = KeyRules.ToOptions(options.Keys),
            Time = time,
            LoggerFactory = loggers,
        };
        try
        {
            return await StorageEngine.OpenAsync(storage, cancellationToken);
        }
        catch (StorageException e)
        {
            string advice = e.Code switch
            {
                StorageErrorCode.DirectoryLocked => "the directory is chosen with --data",
                StorageErrorCode.DiskFull => "make room on its disk",
                StorageErrorCode.KeyMismatch => "the settings Keys:Encryption and Keys:Source say what is expected here",
                StorageErrorCode.Corruption => "nothing was changed; restore the named file from a copy, or start on another directory with --data",
                _ => "check that it exists, is on a local disk and may be written by this user",
            };
            string problem = e.Message.Contains(directory, StringComparison.Ordinal)
                ? e.Message
                : $"cannot open the data directory {directory}: {e.Message}";
            throw new StartupException(StartupErrorCode.Data, $"{problem}; {advice}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(StartupErrorCode.Data,
                $"cannot open the data directory {directory}: {e.Message}; check that it may be written by this user", e);
        }
    }

    /// <summary>What would be found out only when it is needed.</summary>
    private static async Task RequireUsableAsync(string directory, VarveServerOptions options, CancellationToken cancellationToken)
    {
        if (directory.EndsWith(RestoreOptions.UnfinishedSuffix, StringComparison.Ordinal))
        {
            string whole = directory[..^RestoreOptions.UnfinishedSuffix.Length];
            throw new StartupException(
                StartupErrorCode.Data,
                $"{directory} is not whole: a restore to {whole} was cut off. Say that restore again, it goes on with what is there; then start on {whole}");
        }

        if (BackupRules.Repositories(options.Backup).Count == 0)
            return;
        try
        {
            await SnapshotRepository.RequireKeyAsync(BackupRules.KeySource(options), cancellationToken);
        }
        catch (BackupException e)
        {
            throw new StartupException(
                StartupErrorCode.Security, $"no snapshot could be taken: {e.Message}; Backup:KeyFile, Backup:KeyVariable or Backup:KeyCommand says where it is", e);
        }
    }

    /// <exception cref="StartupException">The SQL engine cannot be loaded.</exception>
    public static QueryEngine OpenQueries(StorageEngine engine, VarveServerOptions options, MemoryPlan memory, TimeProvider time)
    {
        var query = new QueryOptions
        {
            MemoryLimitBytes = memory.SqlBytes,
            StatementTimeout = options.Sql.Timeout,
            Time = time,
        };
        if (options.Sql.ThreadCount is { } threads)
            query = query with { ThreadCount = threads };
        if (options.Sql.MaxConcurrentQueries is { } concurrent)
            query = query with { ConcurrentStatementCount = concurrent };
        try
        {
            // SQL's own limit does not count all that an expression may ask for; behind this one such a statement fails by itself.
            ProcessMemoryLimit.Lower(
                memory.IsEnforced ? ProcessMemoryLimit.UsedBytes() + memory.BackstopBytes : memory.LimitBytes / 100 * ProcessMemoryPercent);
            if (memory.IsEnforced)
                NativeHeap.LimitArenas(query.ThreadCount);
            return new QueryEngine(engine, query);
        }
        catch (Exception e) when (e is QueryException or DllNotFoundException or BadImageFormatException)
        {
            throw new StartupException(StartupErrorCode.Component, $"cannot load the SQL engine: {e.Message}", e);
        }
    }
}
