using Microsoft.Extensions.Logging;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Segments.Sealing;

/// <summary>Puts the background work of an engine together.</summary>
internal static class SealStart
{
    /// <summary>When tails are sealed.</summary>
    public static SealLimits LimitsOf(StorageOptions options) =>
        new(options.SealRows, options.SealBytes, options.SealAge, options.TailMemoryLimitBytes);

    /// <summary>Starts it. It works until it is disposed.</summary>
    public static SealService Start(
        StorageOptions options,
        Guid nodeId,
        StreamCatalog catalog,
        SegmentFiles files,
        SegmentChanges changes,
        Keyring keys,
        DurableLog log,
        Checkpointer checkpointer,
        MemoryBudget budget,
        SealSignal signal,
        SealMeter meter,
        ILogger logger)
    {
        SegmentMaker maker = new(options.FileSystem, files, nodeId);
        long rawBytesMax = Math.Max(1, Math.Min(options.SegmentRawBytesMax, options.TailMemoryLimitBytes / 2));
        TailWork tails = new(
            () => catalog.Head,
            budget,
            LimitsOf(options),
            new Sealer(maker, files, changes, keys.CurrentKey),
            new CarefulWork("sealing", options.Time, meter.SealFailed, logger),
            meter,
            options.Time);
        CompactionWork compaction = new(
            () => catalog.Head,
            new CompactionLimits(options.SegmentRowsMax, rawBytesMax, MergeCount: 4),
            new Compactor(maker, files, changes, keys.CurrentKey),
            keys.CurrentKey,
            new CarefulWork("compacting", options.Time, meter.CompactionFailed, logger),
            meter,
            logger)
        {
            IsOn = options.Compacts,
        };
        RetentionWork retention = new(
            () => catalog.Head,
            changes,
            catalog.Retired,
            files,
            new CarefulWork("trimming", options.Time, meter.TrimFailed, logger),
            meter,
            options.Time,
            logger);
        KeyRetirement retirement = new(
            () => catalog.Head, keys, log, checkpointer, new CarefulWork("retiring keys of", options.Time, meter.RetirementFailed, logger), meter);
        return new SealService(new SealWork(tails, compaction, retention, retirement), signal, options.WorksInBackground, options.Time, logger);
    }
}
