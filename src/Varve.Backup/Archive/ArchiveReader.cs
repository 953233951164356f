using System.Globalization;
using System.Runtime.CompilerServices;
using Varve.Backup.Repositories;
using Varve.Backup.Sealing;

namespace Varve.Backup.Archive;

/// <summary>
/// The archive of one history: pieces in the order of their numbers, which say nothing of positions, and beside them which numbers there are. Without
/// state of its own; any thread.
/// </summary>
internal sealed class ArchiveReader(SealedRepository repository, Guid historyId)
{
    private readonly string _prefix = $"{RangeNameOf(repository, historyId)}-";

    public string RangeName => _prefix[..^1];

    public string NameOf(long number) => _prefix + number.ToString("d16", CultureInfo.InvariantCulture);

    /// <summary>
    /// The numbers that have to be there, the lowest one that is listed, and why the object that says so cannot be read, if it cannot: then the range is
    /// what is listed. A piece behind the range is of an archiver that was cut off and counts; one before it is of a pruning that was and does not.
    /// </summary>
    public async Task<(ArchiveRange Range, long FirstListed, string? Problem)> ReadRangeAsync(CancellationToken cancellationToken)
    {
        long first = long.MaxValue;
        long last = 0;
        bool isThere = false;
        await foreach (RepositoryObject item in repository.Inner.ListAsync(RangeName, cancellationToken).ConfigureAwait(false))
        {
            isThere |= item.Name == RangeName;
            if (item.Name == RangeName)
                continue;
            first = Math.Min(first, NumberOf(item.Name));
            last = Math.Max(last, NumberOf(item.Name));
        }

        try
        {
            ArchiveRange written = await ReadWrittenRangeAsync(cancellationToken).ConfigureAwait(false);
            return (written with { Last = Math.Max(written.Last, last) }, first, null);
        }
        catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
        {
            // Before its first piece an archive has neither.
            ArchiveRange listed = last == 0 ? new ArchiveRange(1, 0) : new ArchiveRange(first, last);
            return (listed, first, isThere || last > 0 ? e.Message : null);
        }
    }

    /// <summary>What <see cref="WriteRangeAsync"/> wrote; throws <see cref="BackupErrorCode.Damaged"/> where it is missing or damaged.</summary>
    public async Task<ArchiveRange> ReadWrittenRangeAsync(CancellationToken cancellationToken) => ArchiveRange.Read(
        await repository.ReadAsync(ObjectKind.Archive, RangeName, cancellationToken).ConfigureAwait(false), RangeName);

    public Task WriteRangeAsync(ArchiveRange range, CancellationToken cancellationToken) =>
        repository.PutAsync(ObjectKind.Archive, RangeName, range.ToBytes(), replaces: true, cancellationToken);

    /// <summary>Throws <see cref="BackupErrorCode.Damaged"/> where the piece is missing or damaged.</summary>
    public async Task<ArchivePiece> ReadAsync(long number, CancellationToken cancellationToken) => ArchivePiece.Read(
        await repository.ReadAsync(ObjectKind.Archive, NameOf(number), cancellationToken).ConfigureAwait(false), NameOf(number));

    /// <summary>
    /// The pieces behind a position, one behind the other without gaps. Ends where the archive does, or where entries are missing because they were never
    /// shipped. Throws <see cref="BackupErrorCode.Damaged"/> where entries are missing because a piece is missing or damaged.
    /// </summary>
    public async IAsyncEnumerable<ArchivePiece> ReadFromAsync(long position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (ArchiveRange range, _, _) = await ReadRangeAsync(cancellationToken).ConfigureAwait(false);
        string? lost = null;
        long next = position + 1;
        for (long number = await FindAsync(range, position, cancellationToken).ConfigureAwait(false); number <= range.Last; number++)
        {
            (ArchivePiece? piece, string? problem) = await TryReadAsync(number, cancellationToken).ConfigureAwait(false);
            if (piece is null)
            {
                lost ??= problem;
                continue;
            }

            if (piece.FirstPosition > next)
                break;

            // What was lost was shipped once more, or all of it is before the position.
            lost = null;
            if (piece.LastPosition < next)
                continue;
            yield return piece;
            next = piece.LastPosition + 1;
        }

        if (lost is not null)
        {
            throw new BackupException(
                BackupErrorCode.Damaged,
                $"{lost}. From here the archive reaches position {next - 1}: ask for that one, for one before, or for one behind the next snapshot");
        }
    }

    /// <summary>The piece, or why it cannot be read.</summary>
    public async Task<(ArchivePiece? Piece, string? Problem)> TryReadAsync(long number, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReadAsync(number, cancellationToken).ConfigureAwait(false), null);
        }
        catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The first number behind the last readable piece that ends at or before a position, found by halves: an archive may be long.</summary>
    private async Task<long> FindAsync(ArchiveRange range, long position, CancellationToken cancellationToken)
    {
        long low = range.First;
        for (long high = range.Last + 1; low < high;)
        {
            long middle = (low + high) / 2;
            long probe = middle;
            ArchivePiece? piece = null;
            while (probe < high && piece is null)
                (piece, _) = await TryReadAsync(probe++, cancellationToken).ConfigureAwait(false);
            if (piece?.LastPosition <= position)
                low = probe;
            else
                high = middle;
        }

        return low;
    }

    private static string RangeNameOf(SealedRepository repository, Guid historyId) =>
        ArchivePiece.Folder + repository.NameOf(historyId.ToByteArray(bigEndian: true))[..32];

    private long NumberOf(string name) => long.TryParse(name.AsSpan(_prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new BackupException(BackupErrorCode.Damaged, $"object {name} is none of an archive");
}
