using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;

namespace Varve.Backup.Archive;

/// <summary>
/// Looks whether the archive of a history has all its pieces and what they need, as far as a restore could want it: from the oldest snapshot on. Used
/// once, by one caller.
/// </summary>
/// <param name="repository">Where it lies.</param>
/// <param name="historyId">Whose.</param>
/// <param name="snapshots">Those of the history that can be read, one at least.</param>
internal sealed class ArchiveCheck(SealedRepository repository, Guid historyId, IEnumerable<SnapshotManifest> snapshots)
{
    private const int Workers = 3;

    private readonly SnapshotManifest[] _snapshots = [.. snapshots.OrderBy(s => s.Position.Value)];
    private readonly ArchiveReader _archive = new(repository, historyId);
    private readonly ConcurrentDictionary<long, string> _lost = [];
    private readonly ConcurrentDictionary<long, ArchivePiece> _read = [];

    private ArchiveRange? _listed;

    /// <summary>What is wrong, a line each.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Adds what the pieces that were read need.</summary>
    public void AddNeeded(Dictionary<ObjectRef, List<string>> needed)
    {
        foreach ((long number, ArchivePiece piece) in _read.OrderBy(p => p.Key))
            Inventory.Add(needed, piece.Objects, $"{_archive.NameOf(number)}, positions {piece.FirstPosition} to {piece.LastPosition}");
    }

    /// <param name="pieceCountMax">So many are read, from a random one on, so that over many runs all are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(int pieceCountMax, CancellationToken cancellationToken)
    {
        (ArchiveRange range, _, string? problem) = await _archive.ReadRangeAsync(cancellationToken).ConfigureAwait(false);
        if (problem is not null)
        {
            _listed = range;
            Problems.Add($"{problem} (says which pieces the archive has; whether some at its ends are missing is not known)");
        }

        long count = range.Last - range.First + 1;
        long start = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        await Parallel.ForEachAsync(
            AsLongs(Math.Min(count, pieceCountMax)).Select(i => range.First + ((start + i) % count)),
            new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken },
            async (number, cancellation) =>
            {
                (ArchivePiece? piece, string? why) = await _archive.TryReadAsync(number, cancellation).ConfigureAwait(false);
                if (piece is null)
                    _lost[number] = why!;
                else if (piece.LastPosition > _snapshots[0].Position.Value)
                    _read[number] = piece;
            }).ConfigureAwait(false);
        long behind = long.MinValue;
        foreach (long number in _lost.Keys.Order().Where(n => n > behind))
            behind = await TellAsync(range, number, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Behind <see cref="RunAsync"/>: writes down again which pieces there are, where that was lost.</summary>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        if (_listed is { } range)
            await _archive.WriteRangeAsync(range, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<long> AsLongs(long count)
    {
        for (long i = 0; i < count; i++)
            yield return i;
    }

    /// <summary>Tells of a piece that is lost, and those lost behind it, unless nothing needs them. Returns the last of them.</summary>
    private async Task<long> TellAsync(ArchiveRange range, long first, CancellationToken cancellationToken)
    {
        (ArchivePiece? before, _) = await NearestAsync(range, first, -1, cancellationToken).ConfigureAwait(false);
        (ArchivePiece? behind, long next) = await NearestAsync(range, first, 1, cancellationToken).ConfigureAwait(false);
        long from = Math.Max(before?.LastPosition ?? 0, _snapshots[0].Position.Value);
        if (behind?.FirstPosition <= from + 1)
            return next - 1;
        SnapshotManifest? onFrom = _snapshots.FirstOrDefault(s => s.IsWhole && s.Position.Value >= (behind?.FirstPosition - 1 ?? from + 1));
        string which = next - 1 == first ? "" : $"; with it all {next - first} pieces up to {_archive.NameOf(next - 1)} are lost";
        string until = onFrom is null
            ? "until the next snapshot"
            : string.Create(CultureInfo.InvariantCulture, $"until snapshot {onFrom.Id} of position {onFrom.Position}, {onFrom.TakenAt:u}");
        SnapshotManifest begin = _snapshots.Last(s => s.Position.Value <= from);
        Problems.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{_lost.GetValueOrDefault(first)}{which} (needed for all moments behind position {from}, ")
            + string.Create(CultureInfo.InvariantCulture, $"reached from snapshot {begin.Id} of {begin.TakenAt:u}, {until})"));
        return next - 1;
    }

    /// <summary>The nearest piece in a direction that can be read, and its number; the end of the range where there is none.</summary>
    private async Task<(ArchivePiece? Piece, long Number)> NearestAsync(ArchiveRange range, long from, int step, CancellationToken cancellationToken)
    {
        long number = from + step;
        for (; number >= range.First && number <= range.Last; number += step)
        {
            (ArchivePiece? piece, _) = await _archive.TryReadAsync(number, cancellationToken).ConfigureAwait(false);
            if (piece is not null)
                return (piece, number);
        }

        return (null, number);
    }
}
