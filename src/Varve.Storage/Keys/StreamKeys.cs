namespace Varve.Storage.Keys;

/// <summary>The versions of one stream's key, the current one last. Immutable; any thread.</summary>
internal sealed class StreamKeys(IReadOnlyList<KeyVersion> versions)
{
    private RecordSealer? _sealer;

    public IReadOnlyList<KeyVersion> Versions { get; } = versions;

    public StreamKey Current => Versions[^1].Key;

    /// <summary>Seals records with the current version. Made when first asked for: not every stream is appended to.</summary>
    public RecordSealer Sealer => Volatile.Read(ref _sealer) ?? MakeSealer();

    public StreamKey? Find(int version)
    {
        for (int i = Versions.Count - 1; i >= 0; i--)
        {
            if (Versions[i].Key.Version == version)
                return Versions[i].Key;
        }

        return null;
    }

    public StreamKeys With(KeyVersion next) => new([.. Versions, next]);

    /// <summary>Notes, for every older version that has no last position, that it is this one. Null where there is none.</summary>
    public StreamKeys? WithLastPosition(LogPosition position) =>
        Versions.SkipLast(1).All(v => v.LastPosition != LogPosition.None)
            ? null
            : new([.. Versions.Select((v, i) =>
                i < Versions.Count - 1 && v.LastPosition == LogPosition.None ? v with { LastPosition = position } : v)]);

    /// <summary>Without older versions that nothing needs any more; null where all are needed.</summary>
    /// <param name="oldestInUse">No file is sealed by a version below.</param>
    /// <param name="logBeginsAt">The log has no entry before.</param>
    public StreamKeys? Without(int oldestInUse, LogPosition logBeginsAt)
    {
        KeyVersion[] needed = [.. Versions.Where((v, i) =>
            i == Versions.Count - 1 || v.Key.Version >= oldestInUse || v.MayBeInLog(logBeginsAt))];
        return needed.Length == Versions.Count ? null : new(needed);
    }

    private RecordSealer MakeSealer()
    {
        RecordSealer made = new(Current);
        return Interlocked.CompareExchange(ref _sealer, made, null) ?? made;
    }
}
