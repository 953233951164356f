using System.Globalization;
using System.Runtime.CompilerServices;
using Varve.Backup.Repositories;
using Varve.Backup.Sealing;

namespace Varve.Backup.Archive;

/// <summary>The archive of one history: pieces in the order of their numbers, which say nothing of positions. Without state of its own; any thread.</summary>
internal sealed class ArchiveReader(SealedRepository repository, Guid historyId)
{
    private readonly string _prefix = $"{ArchivePiece.Folder}{repository.NameOf(historyId.ToByteArray(bigEndian: true))[..32]}-";

    public string NameOf(long number) => _prefix + number.ToString("d16", CultureInfo.InvariantCulture);

    /// <summary>The names of all pieces, in order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        List<string> names = [];
        await foreach (RepositoryObject item in repository.Inner.ListAsync(_prefix, cancellationToken).ConfigureAwait(false))
            names.Add(item.Name);
        return names;
    }

    public long NumberOf(string name) => long.TryParse(name.AsSpan(_prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new BackupException(BackupErrorCode.Damaged, $"object {name} is none of an archive");

    public async Task<ArchivePiece> ReadAsync(string name, CancellationToken cancellationToken) =>
        ArchivePiece.Read(await repository.ReadAsync(ObjectKind.Archive, name, cancellationToken).ConfigureAwait(false), name);

    /// <summary>
    /// The pieces behind a position, one behind the other without gaps. Ends where the archive does, or where entries are missing. Throws
    /// <see cref="BackupErrorCode.Damaged"/> where a piece is missing or damaged.
    /// </summary>
    public async IAsyncEnumerable<ArchivePiece> ReadFromAsync(long position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = await ListAsync(cancellationToken).ConfigureAwait(false);
        int low = 0;
        for (int high = names.Count; low < high;)
        {
            int middle = (low + high) / 2;
            if ((await ReadAsync(names[middle], cancellationToken).ConfigureAwait(false)).LastPosition <= position)
                low = middle + 1;
            else
                high = middle;
        }

        long next = position + 1;
        for (int i = low; i < names.Count; i++)
        {
            if (i > low && NumberOf(names[i]) != NumberOf(names[i - 1]) + 1)
                throw new BackupException(BackupErrorCode.Damaged, $"the archive has {names[i - 1]} and {names[i]}, but what stood between is missing");
            ArchivePiece piece = await ReadAsync(names[i], cancellationToken).ConfigureAwait(false);
            if (piece.FirstPosition > next)
                yield break;
            yield return piece;
            next = piece.LastPosition + 1;
        }
    }
}
