using Varve.Backup.Repositories;
using Varve.Backup.Sealing;

namespace Varve.Backup.Snapshots;

/// <summary>
/// Puts pieces into a repository, each once, and knows which of those that are there are whole, as far as was looked. For one run; any thread.
/// </summary>
internal sealed class ObjectStore
{
    private readonly SealedRepository _repository;
    private readonly Dictionary<string, long> _present;
    private readonly HashSet<string> _damaged = [];
    private readonly Lock _gate = new();
    private long _addedBytes;

    private ObjectStore(SealedRepository repository, Dictionary<string, long> present)
    {
        _repository = repository;
        _present = present;
    }

    /// <summary>What was put that had not been there, sealed.</summary>
    public long AddedBytes => Interlocked.Read(ref _addedBytes);

    /// <summary>One that has not looked what is there: the repository tells with each piece.</summary>
    public static ObjectStore Blind(SealedRepository repository) => new(repository, []);

    public static async Task<ObjectStore> OpenAsync(SealedRepository repository, CancellationToken cancellationToken)
    {
        Dictionary<string, long> present = [];
        await foreach (RepositoryObject item in repository.Inner.ListAsync(ObjectRef.Folder, cancellationToken).ConfigureAwait(false))
            present[item.Name] = item.LengthBytes;
        return new ObjectStore(repository, present);
    }

    /// <summary>Whether the object is there with its length, and nothing else is known of it.</summary>
    public bool IsPresent(ObjectRef item)
    {
        lock (_gate)
            return _present.TryGetValue(item.Name, out long length) && length == item.SealedBytes && !_damaged.Contains(item.Name);
    }

    /// <summary>Why the object is no good, from the listing; null where it looks well.</summary>
    public string? Problem(ObjectRef item)
    {
        lock (_gate)
        {
            return !_present.TryGetValue(item.Name, out long length) ? $"object {item.Name} is missing"
                : length != item.SealedBytes ? $"object {item.Name} has {length} bytes, {item.SealedBytes} were written"
                : null;
        }
    }

    public void NoteDamage(ObjectRef item)
    {
        lock (_gate)
            _damaged.Add(item.Name);
    }

    public bool GivesWay => _repository.Inner.GivesWay;

    /// <inheritdoc cref="SealedRepository.RunAsync{T}"/>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => _repository.RunAsync(work, cancellationToken);

    /// <summary>When it fails, the content may still be read.</summary>
    public async Task<ObjectRef> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ObjectRef item = new(ObjectRef.Folder + await RunAsync(() => _repository.NameOf(content.Span), cancellationToken).ConfigureAwait(false), content.Length);
        bool isKnown;
        lock (_gate)
        {
            if (_present.TryGetValue(item.Name, out long length) && length == item.SealedBytes && !_damaged.Contains(item.Name))
                return item;
            isKnown = _present.ContainsKey(item.Name);
        }

        if (await _repository.PutAsync(ObjectKind.Data, item.Name, content, isKnown, cancellationToken).ConfigureAwait(false))
            Interlocked.Add(ref _addedBytes, item.SealedBytes);
        lock (_gate)
        {
            _present[item.Name] = item.SealedBytes;
            _damaged.Remove(item.Name);
        }

        return item;
    }
}
