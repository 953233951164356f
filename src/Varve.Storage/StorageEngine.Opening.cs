using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Recovery;
using Varve.Storage.Streams;

namespace Varve.Storage;

/// <summary>A data directory becomes an engine.</summary>
public sealed partial class StorageEngine
{
    /// <summary>
    /// Opens a data directory, or makes one, and reads the log into memory. Throws <see cref="StorageErrorCode.DirectoryLocked"/> while another
    /// engine has it open and <see cref="StorageErrorCode.Corruption"/>, changing nothing, where the log is damaged.
    /// </summary>
    public static async Task<StorageEngine> OpenAsync(StorageOptions options, CancellationToken cancellationToken = default)
    {
        try
        {
            DataDirectory directory = DataDirectory.Open(options.FileSystem, options.Directory);
            try
            {
                return await OpenAsync(options, directory, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }
        catch (IOException e)
        {
            throw new StorageException(
                Errno.IsDiskFull(e) ? StorageErrorCode.DiskFull : StorageErrorCode.NodeStopped,
                $"cannot open the data directory {options.Directory}: {e.Message}",
                e);
        }
    }

    private static async Task<StorageEngine> OpenAsync(StorageOptions options, DataDirectory directory, CancellationToken cancellationToken)
    {
        CompressionTrial.Require();
        ILoggerFactory loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        ILogger logger = loggers.CreateLogger<StorageEngine>();
        NodeFile? node = directory.ReadNode();
        Keyring keys = await directory.OpenKeyringAsync(options.Keys, options.Time, cancellationToken).ConfigureAwait(false);
        StateRecovery recovery = new(StoredCheckpoint.Find(options.FileSystem, directory.Path, node?.NodeId, keys), keys, logger);
        DurableLogOptions logOptions = new()
        {
            Directory = directory.LogPath,
            FileSystem = options.FileSystem,
            PageBytes = options.LogSizes.PageBytes,
            MemoryBytes = options.LogSizes.MemoryBytes,
            SegmentBytes = options.LogSizes.SegmentBytes,
            ZeroAheadBytes = options.LogSizes.ZeroAheadBytes,
            ZeroAheadAtFirstBytes = options.LogSizes.ZeroAheadAtFirstBytes,
            Time = options.Time,
            Logger = loggers.CreateLogger<DurableLog>(),
        };
        SegmentDirectory? segments = null;
        DurableLog log = await DurableLog.OpenAsync(logOptions, recovery.Replay, Judge, cancellationToken).ConfigureAwait(false);
        try
        {
            node ??= directory.MakeNode(options.Time);
            await recovery.FinishAsync(log, options.Time).ConfigureAwait(false);
            bool isSettled = await keys
                .SettleAsync(recovery.Catalog.Streams.Select(s => s.Id).ToHashSet(), recovery.Catalog.LastStreamId, recovery.Position)
                .ConfigureAwait(false);
            if (!isSettled)
                logger.LogWarning("The disk is full: keys of dropped streams are erased later");
            segments!.Sweep(options.KeepsLogForArchive);
            logger.LogInformation(
                "Opened {Directory}: {Streams} streams with {Rows} rows from {Entries} log entries",
                directory.Path,
                recovery.Catalog.Head.Streams.Count,
                recovery.Catalog.RowCount,
                recovery.EntryCount);
            return new StorageEngine(options, directory, node, keys, log, recovery, segments, logger);
        }
        catch
        {
            await log.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        void Judge()
        {
            if (node is null)
                directory.RequireNewLog(recovery.EntryCount);
            recovery.Judge();
            foreach (StreamState stream in recovery.Catalog.Streams)
                keys.RequireKeyOf(stream.Id, stream.Name);
            segments = SegmentDirectory.Check(options.FileSystem, directory.SegmentsPath, recovery.Catalog, options.OpensDamaged);
        }
    }
}
