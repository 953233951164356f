using Microsoft.Extensions.Logging;
using Varve.Storage.Catalog;
using Varve.Storage.Checking;
using Varve.Storage.Consumers;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Recovery;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Sealing;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage;

/// <summary>
/// The storage engine, in process: named streams of rows, durable before they are acknowledged, visible as soon as they are. Any thread may use it
/// at any time. Every method that fails throws <see cref="StorageException"/>; its code says why.
/// </summary>
public sealed partial class StorageEngine : IAsyncDisposable
{
    private readonly StorageOptions _options;
    private readonly DataDirectory _directory;
    private readonly NodeFile _node;
    private readonly DurableLog _log;
    private readonly StreamCatalog _catalog;
    private readonly MemoryReserve _reserve;
    private readonly MemoryBudget _budget;
    private readonly StorageMeter _meter;
    private readonly Sequencer _sequencer;
    private readonly Appender _appender;
    private readonly Checkpointer _checkpointer;
    private readonly SegmentChanges _segmentChanges;
    private readonly DeadLetters _deadLetters;
    private readonly ConsumerHub _consumers;
    private readonly SegmentMeter _segmentMeter = new();
    private readonly StateMeter _stateMeter;
    private readonly SegmentFiles _segmentFiles;
    private readonly SealService _sealing;
    private readonly IFileSystem _fileSystem;
    private readonly EngineCheck _check;
    private readonly Scrubber _scrubber;
    private readonly long _recoveredEntryCount;
    private readonly Keyring _keys;
    private readonly KeyLifecycle _keyLifecycle;
    private readonly int _changeBytesMax;
    private int _disposed;

    private StorageEngine(
        StorageOptions options,
        DataDirectory directory,
        NodeFile node,
        Keyring keys,
        DurableLog log,
        StateRecovery recovery,
        SegmentDirectory segments,
        ILogger logger)
    {
        _options = options;
        _keys = keys;
        _directory = directory;
        _node = node;
        _log = log;
        _catalog = recovery.Catalog;
        if (options.KeepsLogForArchive)
        {
            (_keptLog, _keptSegments) = (log.Hold(log.BeginPosition), _catalog.Retired.Hold());
            _catalog.Retired.Add([.. segments.Left.Select(id => new RetiredSegment(id, null))]);
        }

        _recoveredEntryCount = recovery.EntryCount;
        _reserve = new MemoryReserve(options.TailMemoryLimitBytes);
        _budget = new MemoryBudget(options.TailMemoryLimitBytes, options.MemoryWait, options.Time, _reserve);
        _budget.SetTail(_catalog.TailBytes);
        _meter = new StorageMeter(_budget);
        EntryPacker packer = new(log);
        _changeBytesMax = packer.MaxRecordBytes - (keys.IsEncrypted ? SealedBody.OverheadBytes : 0);
        StagedState staged = new(_catalog, packer, _budget, keys, options.Time, options.ProducerIdle);
        _sequencer = new Sequencer(log, _catalog, staged, _budget, _meter, logger, recovery.Position);
        _keyLifecycle = new KeyLifecycle(keys, staged, _sequencer, log, logger);
        AppendPreparer preparer = new(options.MaxBatchBytes, packer.MaxRecordBytes, _budget, keys);
        _appender = new Appender(_catalog, preparer, _budget, _sequencer, log);
        _checkpointer = new Checkpointer(
            new CheckpointTarget(options.FileSystem, directory.Path, node.NodeId, keys),
            log,
            _sequencer,
            _catalog,
            new CheckpointLimits(options.CheckpointLogBytes, options.CheckpointInterval),
            options.Time,
            _meter,
            logger);
        long highestSegmentId = Math.Max(_catalog.LastSegmentId, segments.HighestId);
        _segmentChanges = new SegmentChanges(_sequencer, highestSegmentId, packer.MaxRecordBytes, keys, _checkpointer);
        _deadLetters = new DeadLetters(
            _catalog, preparer, _budget, _sequencer, stream => OpenView(stream, VisibleUpTo), (name, schema) => CreateStreamAsync(name, schema));
        _consumers = new ConsumerHub(new ConsumerWork(_catalog, _sequencer, _deadLetters, _checkpointer, options.Time, logger));
        SegmentCache cache = new(options.SegmentCacheBytes, _segmentMeter);
        _stateMeter = new StateMeter(() => _catalog.Head, cache, keys, log, () => !IsAccepting);
        _segmentFiles = new SegmentFiles(options.FileSystem, directory.SegmentsPath, keys.Key, cache);
        SealSignal signal = new(SealStart.LimitsOf(options));
        _catalog.Signal = signal;
        _budget.Pressed = signal.Set;
        _sealing = SealStart.Start(
            options, node.NodeId, _catalog, _segmentFiles, _segmentChanges, keys, log, _checkpointer, _budget, signal, _meter.Sealing, logger);
        _fileSystem = options.FileSystem;
        _check = new EngineCheck(directory.Path, node.NodeId, keys, log, () => _catalog.Head);
        _scrubber = new Scrubber(_check, options, _meter.Scrubbing, logger);
        if (keys.HasOlderVersions)
            _checkpointer.NoteChange();
    }

    /// <summary>Random, fixed when the data directory was made.</summary>
    public Guid NodeId => _node.NodeId;

    /// <summary>The newest entry handed to the log.</summary>
    public LogPosition AppendedUpTo => _log.AppendedUpTo;

    /// <summary>The newest entry that can no longer be lost.</summary>
    public LogPosition DurableUpTo => _log.DurableUpTo;

    /// <summary>Every row at or below this position is seen by every reader. Never above <see cref="DurableUpTo"/>.</summary>
    public LogPosition VisibleUpTo => _sequencer.VisibleUpTo;

    /// <summary>Grows with every visible change to streams and their columns.</summary>
    public long CatalogVersion => _catalog.Head.Version;

    /// <summary>For the sealing of tails: how it changes what segments there are.</summary>
    internal SegmentChanges SegmentChanges => _segmentChanges;

    /// <summary>For the sealing of tails: segments whose files are to be deleted.</summary>
    internal RetiredSegments RetiredSegments => _catalog.Retired;

    /// <summary>For the sealing of tails: the streams as readers see them.</summary>
    internal CatalogHead CatalogHead => _catalog.Head;

    /// <summary>False after a failed write or sync, and once the engine is closed. Reads of what is visible go on after a failure.</summary>
    public bool IsAccepting => _sequencer.StopReason is null;

    /// <summary>Why the engine does not accept changes; null while it does.</summary>
    public Exception? StopReason => _sequencer.StopReason;

    /// <summary>
    /// Why appends are refused for now although the engine goes on: the disk is full. Null while there is room; it ends by itself.
    /// </summary>
    public Exception? Shortage => _log.Space.Shortage;

    public StorageStatistics Statistics
    {
        get
        {
            CatalogHead head = _catalog.Head;
            SealMeter sealing = _meter.Sealing;
            return new StorageStatistics
            {
                StreamCount = head.Streams.Count,
                RowCount = head.Streams.Values.Sum(s => s.Head.EndOffset - s.Head.FirstOffset),
                TailBytes = _budget.UsedBytes,
                CatalogBytes = _budget.CatalogBytes,
                TailLimitBytes = _budget.LimitBytes,
                LogBytes = _log.BytesOnDisk,
                LogEndBytes = _log.EndBytes,
                SegmentCount = head.Streams.Values.Sum(s => s.Head.Segments.Length),
                SegmentBytes = head.Streams.Values.Sum(s => s.Head.SegmentBytes),
                AppendCount = _meter.AppendCount,
                AppendedRowCount = _meter.RowCount,
                AppendedBytes = _meter.ByteCount,
                MemoryRefusalCount = _budget.RefusalCount,
                CommitCount = _meter.CommitCount,
                RecoveredEntryCount = _recoveredEntryCount,
                CheckpointCount = _meter.CheckpointCount,
                CheckpointFailureCount = _meter.CheckpointFailureCount,
                SealCount = sealing.SealCount,
                SealedRowCount = sealing.SealedRowCount,
                SealFailureCount = sealing.SealFailureCount,
                CompactionCount = sealing.CompactionCount,
                CompactedSegmentCount = sealing.CompactedSegmentCount,
                CompactionFailureCount = sealing.CompactionFailureCount,
                DamagedSegmentCount = sealing.DamagedSegmentCount,
                TrimmedRowCount = sealing.TrimmedRowCount,
                SegmentPagesRead = _segmentMeter.PagesRead,
                SegmentBytesRead = _segmentMeter.BytesRead,
                SegmentPagesDecoded = _segmentMeter.PagesDecoded,
                CheckedByteCount = _meter.Scrubbing.ByteCount,
                LastFullCheckAt = _meter.Scrubbing.LastFullCheckAt,
            };
        }
    }

    /// <summary>
    /// Writes the catalog down and lets the log go up to what segments hold, which happens by itself from time to time. Throws
    /// <see cref="StorageErrorCode.DiskFull"/>, <see cref="StorageErrorCode.DiskError"/> or <see cref="StorageErrorCode.NodeStopped"/> where that
    /// fails; nothing is lost.
    /// </summary>
    public Task CheckpointAsync() => _checkpointer.WriteAsync();

    /// <summary>
    /// Moves the rows that the stream has now from memory into segments. Completes when they are there. Throws
    /// <see cref="StorageErrorCode.DiskFull"/> where that fails; the rows stay safe in the log.
    /// </summary>
    public Task FlushAsync(string name) => _sealing.FlushAsync(_catalog.Head.Find(name));

    /// <summary>
    /// Merges the stream's segments as far as their sizes allow, orders them as its settings say and brings them to its current key, which happens
    /// in the background too, but later and only where it pays. Fails as <see cref="FlushAsync"/> does.
    /// </summary>
    public Task CompactAsync(string name) => _sealing.CompactAsync(_catalog.Head.Find(name));

    /// <summary>What is visible of a stream now. Costs nothing for a stream that has not changed since its last view.</summary>
    public StreamView OpenView(string name)
    {
        LogPosition visible = VisibleUpTo;
        return OpenView(_catalog.Head.Find(name), visible);
    }

    /// <summary>
    /// Completes when the stream's end is beyond the offset, and returns the end. Throws <see cref="StorageErrorCode.StreamNotFound"/> when the
    /// stream is dropped meanwhile and <see cref="StorageErrorCode.NodeStopped"/> when no row can come any more.
    /// </summary>
    public ValueTask<long> WaitForRowsAsync(string name, long offset, CancellationToken cancellationToken = default)
    {
        StreamState stream = _catalog.Head.Find(name);
        StreamHead head = stream.Head;
        return head.EndOffset > offset && !head.IsDropped ? new ValueTask<long>(head.EndOffset) : WaitAsync(stream, offset, cancellationToken);
    }

    /// <summary>
    /// Stops accepting, finishes what was accepted, and closes the log. Views that are open stay valid until the directory is opened again.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        StorageException closed = new(StorageErrorCode.NodeStopped, $"the engine on {_directory.Path} was closed");
        await _consumers.DisposeAsync().ConfigureAwait(false);
        await _scrubber.DisposeAsync().ConfigureAwait(false);
        await EndRestoreAsync().ConfigureAwait(false);
        await _sealing.DisposeAsync().ConfigureAwait(false);
        await _checkpointer.DisposeAsync().ConfigureAwait(false);
        await _sequencer.CloseAsync(closed).ConfigureAwait(false);
        _consumers.Wake();
        await _log.DisposeAsync().ConfigureAwait(false);
        _fileSystem.EndDeletes(_directory.Path);
        _directory.Dispose();
        _reserve.Dispose();
        _meter.Dispose();
        _segmentMeter.Dispose();
        _stateMeter.Dispose();
    }

    private async ValueTask<long> WaitAsync(StreamState stream, long offset, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before looking: a change after the look completes it.
            Task change = stream.Changes.Next();
            StreamHead head = stream.Head;
            if (head.IsDropped)
                throw Dropped(stream.Name);
            if (head.EndOffset > offset)
                return head.EndOffset;
            ThrowIfStopped();
            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <param name="stream">What is viewed.</param>
    /// <param name="visible">Read before the stream was found.</param>
    private StreamView OpenView(StreamState stream, LogPosition visible)
    {
        StreamHead head = stream.Head;
        return head.IsDropped ? throw Dropped(stream.Name) : stream.Views.Open(head, visible, _segmentFiles);
    }

    private static StorageException Dropped(string name) => new(StorageErrorCode.StreamNotFound, $"cannot read stream '{name}': it was dropped");

    private void ThrowIfStopped()
    {
        if (_sequencer.StopReason is { } reason)
            throw Sequencer.Refusal(reason);
    }
}
