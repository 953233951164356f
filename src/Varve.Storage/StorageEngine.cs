using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Arrow;
using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Producers;
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
    private readonly SegmentMeter _segmentMeter = new();
    private readonly StateMeter _stateMeter;
    private readonly SegmentFiles _segmentFiles;
    private readonly SealService _sealing;
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
        long highestSegmentId,
        ILogger logger)
    {
        _keys = keys;
        _directory = directory;
        _node = node;
        _log = log;
        _catalog = recovery.Catalog;
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
        _appender = new Appender(_catalog, preparer, _budget, _sequencer);
        _checkpointer = new Checkpointer(
            new CheckpointTarget(options.FileSystem, directory.Path, node.NodeId, keys),
            log,
            _sequencer,
            _catalog,
            new CheckpointLimits(options.CheckpointLogBytes, options.CheckpointInterval),
            options.Time,
            _meter,
            logger);
        _segmentChanges = new SegmentChanges(_sequencer, highestSegmentId, packer.MaxRecordBytes, keys, _checkpointer);
        SegmentCache cache = new(options.SegmentCacheBytes, _segmentMeter);
        _stateMeter = new StateMeter(() => _catalog.Head, cache, keys, log);
        _segmentFiles = new SegmentFiles(options.FileSystem, directory.SegmentsPath, keys.Key, cache);
        SealSignal signal = new(SealStart.LimitsOf(options));
        _catalog.Signal = signal;
        _budget.Pressed = signal.Set;
        _sealing = SealStart.Start(
            options, node.NodeId, _catalog, _segmentFiles, _segmentChanges, keys, log, _checkpointer, _budget, signal, _meter.Sealing, logger);
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
            };
        }
    }

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

    /// <summary>
    /// Creates a stream with these columns; those of dictionary types become plain ones. Durable when it completes. Throws
    /// <see cref="StorageErrorCode.StreamAlreadyExists"/>, <see cref="StorageErrorCode.InvalidName"/>,
    /// <see cref="StorageErrorCode.InvalidSchema"/> or <see cref="StorageErrorCode.MemoryLimit"/>.
    /// </summary>
    public Task<StreamDescription> CreateStreamAsync(string name, Schema schema, CancellationToken cancellationToken = default) =>
        CreateStreamAsync(name, schema, StreamSettings.Default, cancellationToken);

    /// <summary>As the other, with settings. Throws <see cref="StorageErrorCode.InvalidSettings"/> too.</summary>
    public async Task<StreamDescription> CreateStreamAsync(
        string name, Schema schema, StreamSettings settings, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingCreate create = Check(name, schema, settings);
        ThrowIfStopped();
        return await _keyLifecycle.CreateAsync(create).ConfigureAwait(false);
    }

    /// <summary>
    /// Throws what <see cref="CreateStreamAsync(string, Schema, CancellationToken)"/> would throw about the name and the columns; nothing is made.
    /// </summary>
    public void CheckNewStream(string name, Schema schema) => Check(name, schema, StreamSettings.Default);

    /// <summary>
    /// Puts settings in the place of those that the stream has. Durable when it completes. Throws <see cref="StorageErrorCode.InvalidSettings"/>.
    /// </summary>
    public async Task<StreamDescription> SetStreamSettingsAsync(string name, StreamSettings settings, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamState stream = _catalog.Head.Find(name);
        return await SubmitAsync(new PendingSettings(stream, SettingsRules.Check(name, stream.Head.Schema, settings))).ConfigureAwait(false);
    }

    /// <summary>Adds nullable columns behind those that are there; rows that are there have null in them. Durable when it completes.</summary>
    public async Task<StreamDescription> AddColumnsAsync(string name, IReadOnlyList<Field> fields, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamState stream = _catalog.Head.Find(name);

        // Checked here, so that whatever is wrong with them fails their caller, and again when their turn comes, against the columns there are then.
        IReadOnlyList<Field> plain = SchemaRules.ForNewColumns(name, stream.Head.Schema.Schema, fields);
        SchemaRules.CheckRecord(name, "add columns to", new AddColumnsRecord(0, 0, 0, plain), _changeBytesMax);
        return await SubmitAsync(new PendingAddColumns(stream, plain, _changeBytesMax)).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops a stream and erases its key. Its name is free at once; views opened before stay valid, followers are told, appends that come later find
    /// no stream. Returns the stream as it was last. Durable when it completes. Throws <see cref="StorageErrorCode.DiskError"/> or
    /// <see cref="StorageErrorCode.DiskFull"/> where the stream is dropped, but its key not erased yet.
    /// </summary>
    public async Task<StreamDescription> DropStreamAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamDescription dropped = await SubmitAsync(new PendingDrop(_catalog.Head.Find(name))).ConfigureAwait(false);
        _checkpointer.NoteChange();
        await _keyLifecycle.EraseAsync(dropped).ConfigureAwait(false);
        return dropped;
    }

    /// <summary>
    /// What the stream's segments take, column by column. Reads the footers of those that were not used of late. Throws
    /// <see cref="StorageErrorCode.Corruption"/> where one is damaged.
    /// </summary>
    public Task<StreamInspection> InspectStreamAsync(string name, CancellationToken cancellationToken = default)
    {
        StreamHead head = _catalog.Head.Find(name).Head;
        return Task.Run(Inspect, cancellationToken);

        StreamInspection Inspect() => StreamInspection.Of(head.Description, head.Segments.Select(Opened));

        SegmentFile Opened(SegmentInfo info)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return _segmentFiles.Of(info, head.Schema.Schema);
        }
    }

    /// <summary>
    /// Writes the catalog down and lets the log go up to what segments hold, which happens by itself from time to time. Throws
    /// <see cref="StorageErrorCode.DiskFull"/>, <see cref="StorageErrorCode.DiskError"/> or <see cref="StorageErrorCode.NodeStopped"/> where that
    /// fails; nothing is lost.
    /// </summary>
    public Task CheckpointAsync() => _checkpointer.WriteAsync();

    public StreamDescription Describe(string name) => _catalog.Head.Find(name).Head.Description;

    public bool TryDescribe(string name, [NotNullWhen(true)] out StreamDescription? description)
    {
        description = _catalog.Head.TryFind(name, out StreamState? stream) ? stream.Head.Description : null;
        return description is not null;
    }

    /// <summary>All streams, in the ordinal order of their names.</summary>
    public IReadOnlyList<StreamDescription> List() =>
        [.. _catalog.Head.Streams.Values.OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => s.Head.Description)];

    /// <summary>
    /// Appends the rows of a batch, all or none. Its columns are matched by name, in any order; nullable columns may be missing; dictionaries are
    /// written out. Completes when the rows are durable and visible. Checking and encoding happen on the caller's thread before this returns.
    /// A batch without rows is checked and acknowledged, and leaves no trace.
    /// </summary>
    /// <param name="name">The stream.</param>
    /// <param name="batch">Its memory must stay unchanged until the task completes.</param>
    /// <param name="cancellationToken">
    /// Calls the append off while it waits: then nothing of it is stored. Once it is on its way to the disk it is too late, and the task completes
    /// with the outcome.
    /// </param>
    public Task<AppendResult> AppendAsync(string name, RecordBatch batch, CancellationToken cancellationToken = default) =>
        _appender.AppendAsync(new StreamAppend(name, batch), AppendOptions.None, cancellationToken);

    /// <summary>
    /// The same on further terms. Throws <see cref="StorageErrorCode.OffsetMismatch"/>, and, for appends of producers,
    /// <see cref="StorageErrorCode.ProducerFenced"/>, <see cref="StorageErrorCode.OutOfSequence"/>, <see cref="StorageErrorCode.AlreadyAppended"/> and
    /// <see cref="StorageErrorCode.ProducerNotFound"/>.
    /// </summary>
    public Task<AppendResult> AppendAsync(StreamAppend append, AppendOptions options, CancellationToken cancellationToken = default) =>
        _appender.AppendAsync(append, options, cancellationToken);

    /// <summary>
    /// Appends to several streams, to each once: the rows become durable and visible together, or none of them does. As a producer's append it counts
    /// as one. Returns the outcomes in the order of the appends.
    /// </summary>
    public Task<IReadOnlyList<AppendResult>> AppendAsync(
        IReadOnlyList<StreamAppend> appends, AppendOptions options, CancellationToken cancellationToken = default) =>
        _appender.AppendAsync(appends, options, cancellationToken);

    /// <summary>
    /// Opens a producer, whose appends are stored once however often they are sent, through restarts of either side. Appends of its earlier sessions
    /// are refused from here on. Durable when it completes. Throws <see cref="StorageErrorCode.InvalidName"/> and
    /// <see cref="StorageErrorCode.MemoryLimit"/>.
    /// </summary>
    /// <param name="name">Names the producer for ever: whatever appends one sequence of rows, one at a time.</param>
    /// <param name="cancellationToken">Looked at before it begins.</param>
    public Task<ProducerSession> OpenProducerAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfStopped();
        ProducerName.Validate(name);
        PendingOpenProducer open = new(name);
        _sequencer.Submit(open);
        return open.Result;
    }

    /// <summary>The producers that the node knows, by their names.</summary>
    public async Task<IReadOnlyList<ProducerDescription>> ListProducersAsync()
    {
        PendingCapture capture = new(_catalog, () => VisibleUpTo);
        _sequencer.Submit(capture);
        CatalogCapture captured = await capture.Result.ConfigureAwait(false);
        return
        [
            .. captured.Producers.Producers.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new ProducerDescription(
                p.Session, DateTimeOffset.UnixEpoch.AddTicks(p.LastTimeMicros * TimeSpan.TicksPerMicrosecond))),
        ];
    }

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

    /// <summary>Whether the data directory is encrypted; decided when it was made.</summary>
    public bool IsEncrypted => _keys.IsEncrypted;

    /// <summary>The keys of the node and its streams, by the names of these; none where nothing is encrypted.</summary>
    public IReadOnlyList<KeyDescription> ListKeys() => _keyLifecycle.Describe(_catalog.Head.Streams.Values);

    /// <summary>
    /// Seals the keyring with another root key: that of <paramref name="from"/>; else what the source gives now, where that is another one; else,
    /// where the source is a file, a fresh one, which takes the place of the old one in that file. Appends and reads go on. Throws
    /// <see cref="StorageErrorCode.KeyMismatch"/> where there is no other key, <see cref="StorageErrorCode.DiskError"/> where it cannot be written,
    /// <see cref="StorageErrorCode.Unsupported"/> where nothing is encrypted.
    /// </summary>
    public Task RotateRootKeyAsync(RootKeySource? from = null, CancellationToken cancellationToken = default) =>
        _keys.RotateRootAsync(from, cancellationToken);

    /// <summary>
    /// Makes a new version of a stream's key, for all that is written from now on; appends and reads go on. Compaction brings older segments to it in
    /// the background; an older version goes when segments, log and checkpoint have nothing of it any more. Returns the version. Throws as
    /// <see cref="RotateRootKeyAsync"/>.
    /// </summary>
    public Task<int> RotateStreamKeyAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfStopped();
        return RotateKeyAsync(_catalog.Head.Find(name).Id);
    }

    /// <summary>The same for the node's own key, which seals what streams are called and what columns they have.</summary>
    public Task<int> RotateNodeKeyAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfStopped();
        return RotateKeyAsync(Keyring.NodeId);
    }

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
        await _sealing.DisposeAsync().ConfigureAwait(false);
        await _checkpointer.DisposeAsync().ConfigureAwait(false);
        await _sequencer.CloseAsync(closed).ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        _directory.Dispose();
        _reserve.Dispose();
        _meter.Dispose();
        _segmentMeter.Dispose();
        _stateMeter.Dispose();
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
            Logger = loggers.CreateLogger<DurableLog>(),
        };
        SegmentDirectory? segments = null;
        DurableLog log = await DurableLog.OpenAsync(logOptions, recovery.Replay, Judge, cancellationToken).ConfigureAwait(false);
        try
        {
            node ??= directory.MakeNode(options.Time, recovery.EntryCount);
            await recovery.FinishAsync(log, options.Time).ConfigureAwait(false);
            await keys.SettleAsync(recovery.Catalog.Streams.Select(s => s.Id).ToHashSet(), recovery.Catalog.LastStreamId, recovery.Position)
                .ConfigureAwait(false);
            segments!.Sweep();
            logger.LogInformation(
                "Opened {Directory}: {Streams} streams with {Rows} rows from {Entries} log entries",
                directory.Path,
                recovery.Catalog.Head.Streams.Count,
                recovery.Catalog.RowCount,
                recovery.EntryCount);
            long highestSegmentId = Math.Max(recovery.Catalog.LastSegmentId, segments.HighestId);
            return new StorageEngine(options, directory, node, keys, log, recovery, highestSegmentId, logger);
        }
        catch
        {
            await log.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        void Judge()
        {
            recovery.Judge();
            foreach (StreamState stream in recovery.Catalog.Streams)
                keys.RequireKeyOf(stream.Id, stream.Name);
            segments = SegmentDirectory.Check(options.FileSystem, directory.SegmentsPath, recovery.Catalog);
        }
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

    private PendingCreate Check(string name, Schema schema, StreamSettings settings)
    {
        StreamName.Validate(name);
        Schema plain = SchemaRules.ForNewStream(name, schema);
        StoredSettings stored = SettingsRules.Check(name, new StreamSchema(plain, version: 1), settings);
        SchemaRules.CheckRecord(name, "create", new CreateStreamRecord(0, 0, name, plain) { Settings = stored }, _changeBytesMax);
        return new PendingCreate(name, plain, stored);
    }

    /// <param name="stream">What is viewed.</param>
    /// <param name="visible">Read before the stream was found.</param>
    private StreamView OpenView(StreamState stream, LogPosition visible)
    {
        StreamHead head = stream.Head;
        return head.IsDropped ? throw Dropped(stream.Name) : stream.Views.Open(head, visible, _segmentFiles);
    }

    private static StorageException Dropped(string name) => new(StorageErrorCode.StreamNotFound, $"cannot read stream '{name}': it was dropped");

    private async Task<int> RotateKeyAsync(long streamId)
    {
        int version = await _keyLifecycle.RotateAsync(streamId).ConfigureAwait(false);
        _checkpointer.NoteChange();
        return version;
    }

    private Task<StreamDescription> SubmitAsync(PendingChange change)
    {
        ThrowIfStopped();
        _sequencer.Submit(change);
        return change.Result;
    }

    private void ThrowIfStopped()
    {
        if (_sequencer.StopReason is { } reason)
            throw Sequencer.Refusal(reason);
    }
}
