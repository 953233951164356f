using Varve.Backup.Reading;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Recovery;
using Varve.Storage.Streams;

namespace Varve.Backup.Restore;

/// <summary>
/// Lays a snapshot down as a data directory, beside its place, opens it once, and gives it its name. What cuts that off leaves nothing under the name, and
/// the next try goes on with the segments that are there. Used once, by one thread.
/// </summary>
internal sealed class RestoreRun
{
    private static readonly LinuxFileSystem Files = LinuxFileSystem.Instance;

    private readonly SealedRepository _repository;
    private readonly SnapshotManifest _manifest;
    private readonly MomentReader _reader;
    private readonly RestoreOptions _options;
    private readonly TimeProvider _time;
    private readonly string _target;
    private readonly string _aside;

    public RestoreRun(SealedRepository repository, SnapshotManifest manifest, RestoreOptions options, TimeProvider time)
    {
        _repository = repository;
        _manifest = manifest;
        _reader = new MomentReader(repository, manifest, options.Moment);
        _options = options;
        _time = time;
        _target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory));
        _aside = _target + RestoreOptions.UnfinishedSuffix;
    }

    /// <summary>The segments that were laid down.</summary>
    public IReadOnlyList<SegmentPieces> Placed { get; private set; } = [];

    private string LogPath => Path.Combine(_aside, "log");

    private string SegmentsPath => Path.Combine(_aside, "segments");

    /// <summary>Makes the directory, with everything in it.</summary>
    public async Task<RestoreResult> RunAsync(IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        if (Files.DirectoryExists(_target) || Files.FileExists(_target))
            throw new BackupException(BackupErrorCode.AlreadyExists, $"{_target} exists: a restore never writes over anything. Choose another directory");
        RestoreResult result = await LayDownAsync(segments => FetchAsync(segments, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        await ProveAsync(result, cancellationToken).ConfigureAwait(false);
        Files.Rename(_aside, _target);
        Files.SyncDirectory(Path.GetDirectoryName(_target)!);
        return result;
    }

    /// <summary>Makes all but the segments, and opens it with these where they lie. Nothing gets the directory's name.</summary>
    public async Task<SnapshotReader> OpenInPlaceAsync(CancellationToken cancellationToken)
    {
        List<SegmentPieces> segments = [];
        RestoreResult result = await LayDownAsync(Note, cancellationToken).ConfigureAwait(false);
        ObjectFrames frames = new(_repository);
        SnapshotFileSystem files = new(Files, SegmentsPath, segments, (path, segment) => new RepositorySegment(path, segment, frames));
        try
        {
            return new SnapshotReader(await OpenAsync(_aside, files, cancellationToken).ConfigureAwait(false), result, frames, _aside);
        }
        catch
        {
            // There is a key in it.
            Directory.Delete(_aside, recursive: true);
            throw;
        }

        Task Note(List<SegmentPieces> found)
        {
            segments = found;
            return Task.CompletedTask;
        }
    }

    private async Task<RestoreResult> LayDownAsync(Func<List<SegmentPieces>, Task> placeSegments, CancellationToken cancellationToken)
    {
        History history = await _reader.ReadHistoryAsync(cancellationToken).ConfigureAwait(false);
        Files.CreateDirectory(_aside);
        using (DirectoryLock.Take(Files, _aside))
        {
            Clear();
            Keyring keys = await WriteKeysAsync(history.Keys, cancellationToken).ConfigureAwait(false);
            CheckpointState? catalog = await _reader.Data.ReadCatalogAsync(keys, cancellationToken).ConfigureAwait(false);
            RestoredState state = new(catalog, keys, _time, _options.MemoryBytes is { } memory ? memory / 2 : long.MaxValue);
            await _reader.ReplayAsync(state, cancellationToken).ConfigureAwait(false);
            (RestoreResult result, IReadOnlyList<byte[]> ending) = Choose(state, keys);
            await WriteLogAsync(state, new LogPosition(result.Position), ending, keys, cancellationToken).ConfigureAwait(false);
            await placeSegments(_reader.SegmentsOf(state.Streams)).ConfigureAwait(false);
            new NodeFile(_manifest.NodeId, _manifest.NodeCreatedMicros).Write(Files, _aside);
            return result;
        }
    }

    /// <summary>Takes away what an earlier try left, but for segments.</summary>
    private void Clear()
    {
        foreach (string directory in (string[])[LogPath, SegmentsPath])
            Files.CreateDirectory(directory);
        foreach (string file in Files.ListFiles(LogPath))
            Files.Delete(Path.Combine(LogPath, file));
        foreach (string file in Files.ListFiles(_aside).Where(f => f != DirectoryLock.FileName))
            Files.Delete(Path.Combine(_aside, file));
    }

    private async Task<Keyring> WriteKeysAsync(KeyringContent? content, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_aside, KeyringFile.FileName);
        if (content is null)
        {
            WholeFile.Write(Files, path, KeyringFile.EncodePlain());
            return Keyring.Off();
        }

        RootKeyFile own = new(Path.Combine(_aside, RootKeyFile.DefaultName));
        RootKey root = _options.RootKey is { } source
            ? await source.ReadAsync(Files, cancellationToken).ConfigureAwait(false)
            : own.Generate(Files);
        KeyringStore store = new(Files, path, _options.RootKey ?? own, root, 0);
        store.Write(content);
        return new Keyring(store, content, _time);
    }

    /// <summary>What of the moment stays, and the entries that drop the rest.</summary>
    private (RestoreResult Result, IReadOnlyList<byte[]> Ending) Choose(RestoredState state, Keyring keys)
    {
        StreamState[] all = [.. state.Streams];
        StreamState[] erased = [.. all.Where(s => keys.IsErased(s.Id))];
        StreamState[] leftOut = [.. all.Except(erased).Where(s => !IsWanted(s.Name))];
        foreach (string name in _options.Streams)
        {
            _manifest.RequireHeld(name);
            if (all.All(s => !StreamName.Comparer.Equals(s.Name, name)))
                throw new BackupException(BackupErrorCode.NotFound, $"snapshot {_manifest.Id} has no stream '{name}'");
            if (erased.Any(s => StreamName.Comparer.Equals(s.Name, name)))
                throw new BackupException(BackupErrorCode.NotFound, $"stream '{name}' was dropped since snapshot {_manifest.Id}, and its key erased: nothing opens it");
        }

        LogPosition reached = state.Position;
        IReadOnlyList<byte[]> ending = state.Close([.. erased, .. leftOut]);
        RestoreResult result = new()
        {
            Streams = [.. state.Streams.Select(s => (s.Name, new OffsetRange(s.Segments.FirstOffset, s.EndOffset)))],
            Directory = _target,
            SnapshotId = _manifest.Id,
            Position = reached.Value,
            StreamCount = all.Length - erased.Length - leftOut.Length,
            RowCount = state.Streams.Sum(s => s.RowCount),
            LeftOutCount = leftOut.Length,
            Erased = [.. erased.Select(s => s.Name)],
        };
        return (result, ending);
    }

    /// <summary>
    /// Writes down what the node is, as a node does by itself from time to time, and of the log only what that needs: an archive of days is no more disk than
    /// its last rows that are in no segment.
    /// </summary>
    private async Task WriteLogAsync(
        RestoredState state, LogPosition reached, IReadOnlyList<byte[]> ending, Keyring keys, CancellationToken cancellationToken)
    {
        CatalogCapture capture = state.Capture();
        LogPosition first = capture.NotNeededUpTo.Next < reached ? capture.NotNeededUpTo.Next : reached;
        if (reached == LogPosition.None)
            first = reached.Next;
        else
            CheckpointFile.Write(Files, _aside, _manifest.NodeId, keys, capture.ToState());
        using LogRestore log = new(Files, LogPath, _options.LogSizes, first);
        await foreach ((long term, ReadOnlyMemory<byte> payload) in _reader.ReadAsync(first, reached, cancellationToken).ConfigureAwait(false))
            log.Add(term, payload.Span);
        foreach (byte[] payload in ending)
            log.Add(1, payload);
        log.Finish();
    }

    private bool IsWanted(string name) => _options.Streams.Count == 0 ? _manifest.Holds(name) : _options.Streams.Contains(name, StreamName.Comparer);

    private Task FetchAsync(List<SegmentPieces> segments, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        Placed = segments;
        return new SegmentFetch(_reader.Data, bytes => _repository.NameOf(bytes), SegmentsPath, progress, segments.Sum(s => s.FileBytes))
            .RunAsync(segments, cancellationToken);
    }

    /// <summary>Opens what was restored, to look at it.</summary>
    public Task<StorageEngine> OpenRestoredAsync(CancellationToken cancellationToken) => OpenAsync(_target, Files, cancellationToken);

    /// <summary>Opens the directory as a node does, and lets nothing of it go.</summary>
    private Task<StorageEngine> OpenAsync(string directory, IFileSystem files, CancellationToken cancellationToken)
    {
        StorageOptions options = new()
        {
            Directory = directory,
            FileSystem = files,
            WorksInBackground = false,
            Keys = new KeyOptions { Encrypt = _manifest.IsEncrypted, Source = _options.RootKey },
            Time = _time,
            LogSizes = _options.LogSizes,
        };
        if (_options.MemoryBytes is { } memory)
            options = options with { TailMemoryLimitBytes = memory / 2, SegmentCacheBytes = memory / 8 };
        return StorageEngine.OpenAsync(options, cancellationToken);
    }

    private async Task ProveAsync(RestoreResult result, CancellationToken cancellationToken)
    {
        await using StorageEngine engine = await OpenAsync(_aside, Files, cancellationToken).ConfigureAwait(false);
        if (engine.List().Count != result.StreamCount || engine.Statistics.RowCount != result.RowCount)
        {
            throw new BackupException(
                BackupErrorCode.Damaged,
                $"{_aside} opens with {engine.List().Count} streams and {engine.Statistics.RowCount} rows; snapshot {_manifest.Id} has {result.StreamCount} "
                + $"and {result.RowCount}");
        }
    }
}
