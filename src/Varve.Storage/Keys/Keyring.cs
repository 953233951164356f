using System.Collections.Concurrent;

namespace Varve.Storage.Keys;

/// <summary>
/// The keys of a node and its streams, in memory and in the file <c>keyring</c>. Looking up is for any thread and takes no lock; changes come one
/// after the other, and none is seen, or used to seal anything, before it is durable. A change that fails leaves everything as it was.
/// </summary>
/// <remarks>
/// Keys are made ahead of the streams that will have them: ids are dense and known before, so a new stream costs a writing of the keyring only now
/// and then. A stream without a key whose id is at or below <see cref="KeyedUpTo"/> was erased, so nothing has to be kept of it.
/// <para>What a crash between two steps leaves, and who deals with it:</para>
/// <list type="bullet">
/// <item>keys durable, the create record not: the next stream of that id gets them. What they sealed before is lost anyway, and no nonce repeats,
/// because what seals draws its own salt or run id.</item>
/// <item>a drop durable, its key not erased: <see cref="SettleAsync"/> erases it at the next opening.</item>
/// <item>a new version durable, nothing sealed with it: it is the current one from then on.</item>
/// </list>
/// </remarks>
internal sealed class Keyring : IDisposable
{
    /// <summary>The node itself, as the owner of a key: for what belongs to no stream, or tells of all.</summary>
    public const long NodeId = 0;

    /// <summary>How many keys are made ahead.</summary>
    private const int SpareCount = 32;

    private static readonly Dictionary<long, StreamKeys> NoStreams = [];

    private readonly ConcurrentDictionary<long, StreamKeys> _streams = new();
    private readonly SemaphoreSlim _changing = new(1);
    private readonly HashSet<long> _toErase = [];
    private readonly KeyringStore? _store;
    private readonly TimeProvider _time;
    private long _keyedUpTo;
    private long _rotationCount;
    private volatile bool _hasOlderVersions;

    /// <param name="store">Null: the directory is not encrypted.</param>
    /// <param name="content">What is in the store.</param>
    /// <param name="time">Says when keys were made.</param>
    public Keyring(KeyringStore? store, KeyringContent content, TimeProvider time)
    {
        _store = store;
        _time = time;
        _keyedUpTo = content.KeyedUpTo;
        foreach (IGrouping<long, KeyVersion> stream in content.Keys.GroupBy(k => k.Key.StreamId))
            _streams[stream.Key] = new StreamKeys([.. stream]);
        LookForOlderVersions();
    }

    public bool IsEncrypted => _store is not null;

    /// <summary>Every stream at or below this id has its keys, or has been erased.</summary>
    public long KeyedUpTo => Volatile.Read(ref _keyedUpTo);

    /// <summary>
    /// How often a key of a stream or the node was rotated since the opening. What is sealed after this was read is sealed with the versions that
    /// those rotations made, or with newer ones.
    /// </summary>
    public long RotationCount => Interlocked.Read(ref _rotationCount);

    /// <summary>Whether there are versions that are not current.</summary>
    public bool HasOlderVersions => _hasOlderVersions;

    /// <summary>Without keys, because nothing is encrypted.</summary>
    public static Keyring Off() => new(null, new KeyringContent(0, []), TimeProvider.System);

    /// <summary>What a new keyring begins with.</summary>
    public static KeyringContent First(TimeProvider time) =>
        new(SpareCount, [.. Enumerable.Range(0, SpareCount + 1).Select(id => Make(id, 1, time))]);

    /// <summary>Seals records with the current key of a stream; null where encryption is off. Throws as <see cref="CurrentKey"/>.</summary>
    public RecordSealer? SealerOf(long streamId) =>
        !IsEncrypted ? null : _streams.TryGetValue(streamId, out StreamKeys? keys) ? keys.Sealer : throw Erased(streamId);

    /// <summary>
    /// The key to seal with; <see cref="StreamKey.None"/> where encryption is off. Throws <see cref="StorageErrorCode.StreamNotFound"/> for a stream
    /// whose key was erased.
    /// </summary>
    public StreamKey CurrentKey(long streamId) =>
        !IsEncrypted ? StreamKey.None
        : _streams.TryGetValue(streamId, out StreamKeys? keys) ? keys.Current
        : throw Erased(streamId);

    /// <summary>As <see cref="CurrentKey"/>, but null for a stream whose key was erased.</summary>
    public StreamKey? TryCurrentKey(long streamId) =>
        !IsEncrypted ? StreamKey.None : _streams.TryGetValue(streamId, out StreamKeys? keys) ? keys.Current : null;

    /// <summary>
    /// The key that something was sealed with; null where there is none. Version 0 stands for what is not encrypted, which an encrypted
    /// directory does not have.
    /// </summary>
    public StreamKey? Key(long streamId, int version) =>
        !IsEncrypted ? (version == 0 ? StreamKey.None : null) : _streams.GetValueOrDefault(streamId)?.Find(version);

    /// <summary>All keys as they are between two changes, for a copy of the directory; null where nothing is encrypted.</summary>
    public async Task<KeyringContent?> CaptureAsync(CancellationToken cancellationToken)
    {
        if (_store is null)
            return null;
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Content(new KeyringChange(_keyedUpTo, NoStreams));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Whether the stream had keys and has none any more.</summary>
    public bool IsErased(long streamId) => IsEncrypted && streamId <= KeyedUpTo && !_streams.ContainsKey(streamId);

    /// <summary>The versions of a stream's key, the current one last; none where encryption is off or the stream was erased.</summary>
    public IReadOnlyList<KeyVersion> Versions(long streamId) => _streams.GetValueOrDefault(streamId)?.Versions ?? [];

    /// <summary>Throws <see cref="StorageErrorCode.KeyMismatch"/> where a stream that exists has no key; changes nothing.</summary>
    public void RequireKeyOf(long streamId, string name)
    {
        if (!IsEncrypted || _streams.ContainsKey(streamId))
            return;
        throw new StorageException(
            StorageErrorCode.KeyMismatch,
            IsErased(streamId)
                ? $"the key of stream {streamId} ('{name}') was erased when the stream was dropped, but by the log and the checkpoint it exists: they are "
                    + "copies from before the drop. Nothing was changed; put back the newest ones. Nothing opens the stream's rows any more"
                : $"the keyring has no key of stream {streamId} ('{name}'), which exists: the keyring is older than the data. Nothing was changed; put "
                    + "back the newest one");
    }

    /// <summary>
    /// Brings the keyring in line with the recovered catalog, whose streams have keys: erases what belongs to streams that are gone, and makes what
    /// is missing for streams to come.
    /// </summary>
    /// <param name="streams">Those that exist.</param>
    /// <param name="lastStreamId">The newest that ever existed.</param>
    /// <param name="recoveredUpTo">The log's end.</param>
    /// <returns>False where the disk is full: what is to go goes with a later change, and keys of streams to come are made when these do.</returns>
    public async Task<bool> SettleAsync(IReadOnlySet<long> streams, long lastStreamId, LogPosition recoveredUpTo)
    {
        try
        {
            await SettleOnDiskAsync(streams, lastStreamId, recoveredUpTo).ConfigureAwait(false);
            return true;
        }
        catch (StorageException full) when (full.Code == StorageErrorCode.DiskFull)
        {
            Volatile.Write(ref _keyedUpTo, lastStreamId);
            return false;
        }
    }

    private Task SettleOnDiskAsync(IReadOnlySet<long> streams, long lastStreamId, LogPosition recoveredUpTo) => ChangeAsync(() =>
    {
        foreach (long id in _streams.Keys)
        {
            if (id != NodeId && id <= lastStreamId && !streams.Contains(id))
                _toErase.Add(id);
        }

        Dictionary<long, StreamKeys> changed = [];
        long keyedUpTo = Math.Max(_keyedUpTo, lastStreamId);
        for (long id = lastStreamId + 1; id <= keyedUpTo; id++)
        {
            // Erased in a life of the node that this log knows nothing of.
            if (!_streams.ContainsKey(id))
                changed[id] = new StreamKeys([Make(id, 1, _time)]);
        }

        foreach ((long id, StreamKeys keys) in _streams)
        {
            if (keys.WithLastPosition(recoveredUpTo) is { } noted)
                changed[id] = noted;
        }

        return changed.Count > 0 || _toErase.Count > 0 ? new KeyringChange(keyedUpTo, changed) : null;
    });

    /// <summary>
    /// Has the keys of all streams up to that id durable when it completes, unless they were erased. To be called before a stream is given that id.
    /// </summary>
    public ValueTask EnsureKeysAsync(long streamId) =>
        !IsEncrypted || KeyedUpTo >= streamId ? ValueTask.CompletedTask : new ValueTask(ChangeAsync(() =>
        {
            if (_keyedUpTo >= streamId)
                return null;
            Dictionary<long, StreamKeys> made = [];
            for (long id = _keyedUpTo + 1; id <= streamId + SpareCount; id++)
                made[id] = new StreamKeys([Make(id, 1, _time)]);
            return new KeyringChange(streamId + SpareCount, made);
        }));

    /// <summary>
    /// Erases all keys of a stream, whose drop has to be durable. One that fails is made up for by the next change of the keyring, or by the next
    /// opening.
    /// </summary>
    public Task EraseAsync(long streamId) => ChangeAsync(() =>
    {
        if (_streams.ContainsKey(streamId))
            _toErase.Add(streamId);
        return _toErase.Count > 0 ? new KeyringChange(_keyedUpTo, NoStreams) : null;
    });

    /// <summary>Makes a new version of a stream's key, which is the current one when this completes. Returns it.</summary>
    public async Task<StreamKey> RotateAsync(long streamId)
    {
        StreamKey current = StreamKey.None;
        await ChangeAsync(() =>
        {
            current = CurrentKey(streamId);
            KeyVersion next = Make(streamId, current.Version + 1, _time);
            current = next.Key;
            return new KeyringChange(_keyedUpTo, new Dictionary<long, StreamKeys> { [streamId] = _streams[streamId].With(next) });
        }).ConfigureAwait(false);
        Interlocked.Increment(ref _rotationCount);
        return current;
    }

    /// <summary>Notes that no record behind that position is sealed with an older version of the stream's key.</summary>
    public Task NoteLastPositionAsync(long streamId, LogPosition position) => ChangeAsync(() =>
        _streams.GetValueOrDefault(streamId)?.WithLastPosition(position) is { } noted
            ? new KeyringChange(_keyedUpTo, new Dictionary<long, StreamKeys> { [streamId] = noted })
            : null);

    /// <summary>
    /// Erases those older versions of a stream's key that nothing needs any more. Costs nothing where there is none. The checkpoint on the disk must
    /// have been begun after the current version was made: it is sealed with what was current then, and a recovery begins with it.
    /// </summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="oldestInUse">
    /// No segment of the stream is sealed by a version below this, nor will be; greater than any version where there is none.
    /// </param>
    /// <param name="logBeginsAt">The log's first entry.</param>
    /// <returns>How many.</returns>
    public async Task<int> RetireVersionsAsync(long streamId, int oldestInUse, LogPosition logBeginsAt)
    {
        int count = 0;
        if (Needed() is null)
            return count;
        await ChangeAsync(() =>
        {
            if (Needed() is not { } needed)
                return null;
            count = _streams[streamId].Versions.Count - needed.Versions.Count;
            return new KeyringChange(_keyedUpTo, new Dictionary<long, StreamKeys> { [streamId] = needed });
        }).ConfigureAwait(false);
        return count;

        StreamKeys? Needed() => _streams.GetValueOrDefault(streamId)?.Without(oldestInUse, logBeginsAt);
    }

    /// <summary>
    /// Seals the keyring with another root key: that of <paramref name="from"/>; else what the source gives now, where that is another one; else,
    /// where the source is a file, a fresh one that is written there.
    /// </summary>
    public async Task RotateRootAsync(RootKeySource? from, CancellationToken cancellationToken)
    {
        if (_store is null)
            throw NotEncrypted();
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            KeyringContent content = Content(new KeyringChange(_keyedUpTo, NoStreams));
            await Task.Run(() => _store.RotateRootAsync(content, from, cancellationToken), cancellationToken).ConfigureAwait(false);
            EraseWhatIsToBe();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Seals bytes with the current key of a stream (<see cref="SealedBlob"/>), or checksums them where encryption is off.</summary>
    /// <param name="streamId">The stream, or <see cref="NodeId"/>.</param>
    /// <param name="purpose">One of <see cref="KeyPurpose"/>.</param>
    /// <param name="associated">What has to be the same when it is opened; not stored with it.</param>
    /// <param name="plain">The bytes.</param>
    public byte[] SealBlob(long streamId, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain) =>
        SealedBlob.Seal(CurrentKey(streamId), purpose, associated, plain);

    /// <summary>
    /// Opens what was sealed so. Null where it is damaged, does not belong there, or there is no key for it: <see cref="IsErased"/> says whether the
    /// stream's was erased.
    /// </summary>
    public byte[]? OpenBlob(long streamId, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> blob) =>
        SealedBlob.VersionOf(blob) is { } version && Key(streamId, version) is { } key ? SealedBlob.Open(key, purpose, associated, blob) : null;

    public static StorageException NotEncrypted() =>
        new(StorageErrorCode.Unsupported, "there are no keys: this data directory is not encrypted, which was decided when it was made");

    public void Dispose() => _changing.Dispose();

    private static StorageException Erased(long streamId) =>
        new(StorageErrorCode.StreamNotFound, $"the key of stream {streamId} was erased when the stream was dropped");

    private static KeyVersion Make(long streamId, int version, TimeProvider time) => new(
        StreamKey.Create(streamId, version), (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, LogPosition.None);

    /// <summary>One change at a time: decided on what is, written, and only then applied.</summary>
    private async Task ChangeAsync(Func<KeyringChange?> decide)
    {
        if (_store is null)
            return;
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (decide() is not { } change)
                return;
            KeyringContent content = Content(change);
            await Task.Run(() => _store.Write(content)).ConfigureAwait(false);
            foreach ((long id, StreamKeys keys) in change.Streams)
                _streams[id] = keys;
            EraseWhatIsToBe();
            LookForOlderVersions();
            Volatile.Write(ref _keyedUpTo, change.KeyedUpTo);
        }
        finally
        {
            _changing.Release();
        }
    }

    private KeyringContent Content(KeyringChange change)
    {
        IEnumerable<StreamKeys> streams = _streams.Where(s => !change.Streams.ContainsKey(s.Key)).Concat(change.Streams)
            .Where(s => !_toErase.Contains(s.Key)).OrderBy(s => s.Key).Select(s => s.Value);
        return new KeyringContent(change.KeyedUpTo, [.. streams.SelectMany(s => s.Versions)]);
    }

    private void EraseWhatIsToBe()
    {
        foreach (long id in _toErase)
            _streams.TryRemove(id, out _);
        _toErase.Clear();
    }

    private void LookForOlderVersions() => _hasOlderVersions = _streams.Any(s => s.Value.Versions.Count > 1);
}
