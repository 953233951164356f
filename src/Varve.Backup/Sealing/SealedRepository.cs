using System.Buffers;
using Varve.Backup.Pace;
using Varve.Backup.Repositories;
using Varve.Storage;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Backup.Sealing;

/// <summary>A repository whose objects are sealed and opened on the way. Any thread.</summary>
internal sealed class SealedRepository(IRepository inner, RepositoryKey key)
{
    private const string IsMissing = " is missing";
    private const string IsDamaged = " is damaged";

    public string Description => inner.Description;

    public IRepository Inner => inner;

    /// <summary>
    /// Throws <see cref="BackupErrorCode.NotFound"/> where there is no repository and none is to be made, <see cref="BackupErrorCode.KeyMismatch"/> for
    /// another key than its own, <see cref="BackupErrorCode.Damaged"/> where both copies of its header are.
    /// </summary>
    public static async Task<SealedRepository> OpenAsync(IRepository inner, RootKeySource source, bool makes, CancellationToken cancellationToken)
    {
        RootKey key;
        try
        {
            key = await source.ReadAsync(LinuxFileSystem.Instance, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            throw new BackupException(
                BackupErrorCode.KeyMismatch, $"the repository {inner.Description} cannot be opened: its key is not there. {e.Message}", e);
        }

        (RepositoryHeader? header, List<string> bad) = await ReadHeaderAsync(inner, cancellationToken).ConfigureAwait(false);

        if (header is null)
        {
            header = await MakeAsync(inner, key, makes, bad, cancellationToken).ConfigureAwait(false);
            bad.Clear();
        }
        else if (!header.IsSealedWith(key))
        {
            throw new BackupException(
                BackupErrorCode.KeyMismatch,
                $"the repository {inner.Description} is sealed with another key than the one from {source.Description}; nothing was changed");
        }
        else if (makes && bad.Count > 0 && !await HoldsAnyAsync(inner, Snapshots.SnapshotManifest.Folder, cancellationToken).ConfigureAwait(false))
        {
            // Somebody makes it at this moment, or was cut off at that: nothing is lost where no snapshot is. What is damaged stays, and is told.
            foreach (string name in RepositoryHeader.Names)
                await inner.PutAsync(name, header.ToBytes(), cancellationToken).ConfigureAwait(false);
            bad.RemoveAll(b => b.EndsWith(IsMissing, StringComparison.Ordinal));
        }

        return new SealedRepository(inner, header.KeyFrom(key)) { HeaderProblems = bad, Header = header };
    }

    /// <summary>Which copies of the header were missing or damaged; the other one served.</summary>
    public IReadOnlyList<string> HeaderProblems { get; private init; } = [];

    private RepositoryHeader? Header { get; init; }

    /// <summary>Puts the copies of the header back that were missing or damaged.</summary>
    public async Task HealHeaderAsync(CancellationToken cancellationToken)
    {
        if (HeaderProblems.Count == 0)
            return;
        foreach (string name in RepositoryHeader.Names)
            await inner.ReplaceAsync(name, Header!.ToBytes(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Throws <see cref="BackupErrorCode.NotFound"/> where the repository is not there any more: a disk that is not mounted looks like an empty place.
    /// </summary>
    public async Task RequireThereAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryHeader.Names)
        {
            if (await TryGetAsync(inner, name, cancellationToken).ConfigureAwait(false) is { } bytes && bytes.AsSpan().SequenceEqual(Header!.ToBytes()))
                return;
        }

        throw new BackupException(BackupErrorCode.NotFound, $"the repository that was opened at {inner.Description} is not there any more");
    }

    public string NameOf(ReadOnlySpan<byte> content) => key.NameOf(content);

    /// <summary>Runs what takes time apart from the threads of others, and in nobody's way where the repository gives way.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => BackupThreads.RunAsync(inner.GivesWay, work, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Action work, CancellationToken cancellationToken) => BackupThreads.RunAsync(inner.GivesWay, work, cancellationToken);

    /// <summary>Stores an object where none of that name is; replaces one that is damaged where told so. False where it was there.</summary>
    public async Task<bool> PutAsync(
        ObjectKind kind, string name, ReadOnlyMemory<byte> content, bool replaces, CancellationToken cancellationToken)
    {
        // Fresh memory for every piece costs more than all that is done with it. A call that failed may still read it: that goes to the collector.
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)SealedObject.SealedBytes(content.Length));
        Memory<byte> bytes = rented.AsMemory(0, (int)SealedObject.SealedBytes(content.Length));
        await RunAsync(() => SealedObject.Seal(key, kind, name, content.Span, bytes.Span), cancellationToken).ConfigureAwait(false);
        bool isNew = true;
        if (replaces)
            await inner.ReplaceAsync(name, bytes, cancellationToken).ConfigureAwait(false);
        else
            isNew = await inner.PutAsync(name, bytes, cancellationToken).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(rented);
        return isNew;
    }

    /// <summary>Throws <see cref="BackupErrorCode.Damaged"/> where the object is missing or not as it was sealed.</summary>
    public async Task<byte[]> ReadAsync(ObjectKind kind, string name, CancellationToken cancellationToken)
    {
        byte[] bytes = await TryGetAsync(inner, name, cancellationToken).ConfigureAwait(false) ?? throw Missing(name);
        return SealedObject.Open(key, kind, name, bytes);
    }

    /// <summary>Fills memory with the content of an object that holds just as much; throws as the other.</summary>
    public async Task ReadAsync(ObjectKind kind, string name, Memory<byte> content, CancellationToken cancellationToken)
    {
        // One byte more than there should be, to see that nothing stands behind.
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)SealedObject.SealedBytes(content.Length) + 1);
        int read;
        try
        {
            read = await inner.ReadAsync(name, 0, rented, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Code == RepositoryErrorCode.NotFound)
        {
            throw Missing(name);
        }

        await RunAsync(() => SealedObject.Open(key, kind, name, rented.AsSpan(0, read), content.Span), cancellationToken).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Opens frames of an object that were fetched by themselves; throws <see cref="BackupErrorCode.Damaged"/>.</summary>
    /// <inheritdoc cref="SealedObject.OpenFrames"/>
    public IReadOnlyList<(int Frame, byte[] Content)> OpenFrames(ObjectKind kind, string name, byte[] header, int first, byte[] bytes) =>
        SealedObject.OpenFrames(key, kind, name, header, first, bytes);

    private BackupException Missing(string name) =>
        new(BackupErrorCode.Damaged, $"object {name} is missing in the repository {inner.Description}");

    private static async Task<RepositoryHeader> MakeAsync(
        IRepository inner, RootKey key, bool makes, IReadOnlyList<string> bad, CancellationToken cancellationToken)
    {
        bool holdsAny = bad.Any(b => b.EndsWith(IsDamaged, StringComparison.Ordinal));
        foreach (string folder in (string[])[Snapshots.SnapshotManifest.Folder, Snapshots.History.Folder, Snapshots.ObjectRef.Folder])
            holdsAny |= await HoldsAnyAsync(inner, folder, cancellationToken).ConfigureAwait(false);

        if (holdsAny)
        {
            // The header is put before all else: where somebody made the repository meanwhile, it is there now.
            (RepositoryHeader? other, _) = await ReadHeaderAsync(inner, cancellationToken).ConfigureAwait(false);
            if (other?.IsSealedWith(key) == true)
                return other;
            throw new BackupException(
                BackupErrorCode.Damaged,
                $"the repository {inner.Description} holds objects, but {string.Join(" and ", bad)}; without one of the two nothing in it can be read. "
                + "Put one back from a copy of the repository");
        }

        if (!makes)
            throw new BackupException(BackupErrorCode.NotFound, $"there is no repository at {inner.Description}: the first snapshot makes it");
        RepositoryHeader header = RepositoryHeader.Create(key);
        if (!await inner.PutAsync(RepositoryHeader.Names[0], header.ToBytes(), cancellationToken).ConfigureAwait(false))
        {
            // Somebody else made it at this moment.
            byte[] theirs = await inner.GetAsync(RepositoryHeader.Names[0], cancellationToken).ConfigureAwait(false);
            header = RepositoryHeader.TryParse(theirs) is { } made && made.IsSealedWith(key) ? made : throw new BackupException(
                BackupErrorCode.KeyMismatch, $"the repository {inner.Description} was made by somebody else at this moment, with another key");
        }

        await inner.ReplaceAsync(RepositoryHeader.Names[1], header.ToBytes(), cancellationToken).ConfigureAwait(false);
        return header;
    }

    /// <summary>The header, of whichever copy is whole, and what is wrong with the others.</summary>
    private static async Task<(RepositoryHeader? Header, List<string> Bad)> ReadHeaderAsync(IRepository inner, CancellationToken cancellationToken)
    {
        RepositoryHeader? header = null;
        List<string> bad = [];
        foreach (string name in RepositoryHeader.Names)
        {
            byte[]? bytes = await TryGetAsync(inner, name, cancellationToken).ConfigureAwait(false);
            RepositoryHeader? found = bytes is null ? null : RepositoryHeader.TryParse(bytes);
            header ??= found;
            if (found is null)
                bad.Add(name + (bytes is null ? IsMissing : IsDamaged));
        }

        return (header, bad);
    }

    private static async Task<bool> HoldsAnyAsync(IRepository inner, string folder, CancellationToken cancellationToken)
    {
        await foreach (RepositoryObject unused in inner.ListAsync(folder, cancellationToken).ConfigureAwait(false))
            return true;
        return false;
    }

    private static async Task<byte[]?> TryGetAsync(IRepository inner, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.GetAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Code == RepositoryErrorCode.NotFound)
        {
            return null;
        }
    }
}
