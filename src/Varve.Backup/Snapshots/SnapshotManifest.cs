using System.Globalization;
using Varve.Storage;
using Varve.Storage.Streams;

namespace Varve.Backup.Snapshots;

/// <summary>All that a snapshot is made of (docs/formats/repository.md). Immutable.</summary>
internal sealed record SnapshotManifest
{
    public const string Folder = "snapshots/";

    /// <summary>How an id begins; a dash and a random number follow.</summary>
    public const string IdTimeFormat = "yyyyMMdd-HHmmss";

    /// <summary>Files are cut into pieces of so many bytes; a log's pieces are closed when they have half of it.</summary>
    public const int PieceBytes = 8 << 20;

    /// <summary>When it was taken and four random digits, so that names are in the order of time: <c>20261128-015226-3f2a91c0</c>.</summary>
    public required string Id { get; init; }

    public required Guid NodeId { get; init; }

    public required long NodeCreatedMicros { get; init; }

    /// <summary>The identity of the node's log. A directory that was restored has another one, so what happens there is told from what was before.</summary>
    public required Guid HistoryId { get; init; }

    /// <summary>Everything up to here, and nothing behind.</summary>
    public required LogPosition Position { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>The writing of the history's keyring that had the keys of this snapshot. An older one is a copy that was put back.</summary>
    public required long HistoryNumber { get; init; }

    public required bool IsEncrypted { get; init; }

    public required long StreamCount { get; init; }

    public required long RowCount { get; init; }

    /// <summary>The bytes of objects that were not in the repository before.</summary>
    public required long AddedBytes { get; init; }

    /// <summary>The body of a checkpoint at <see cref="Position"/>; empty where the node never held anything.</summary>
    public required IReadOnlyList<ObjectRef> Checkpoint { get; init; }

    /// <summary>The entries that the checkpoint needs, up to <see cref="Position"/>.</summary>
    public required IReadOnlyList<LogPiece> Log { get; init; }

    public required IReadOnlyList<SegmentPieces> Segments { get; init; }

    /// <summary>The streams whose segments are in it; none: all of the node's. The catalog and the log are the whole node's in any case.</summary>
    public IReadOnlyList<string> OnlyStreams { get; init; } = [];

    public string Name => Folder + Id;

    /// <summary>Whether it is of the whole node.</summary>
    public bool IsWhole => OnlyStreams.Count == 0;

    /// <summary>What it takes in the repository, shared objects included.</summary>
    public long SealedBytes => Objects.DistinctBy(o => o.Name).Sum(o => o.SealedBytes);

    public IEnumerable<ObjectRef> Objects => Checkpoint.Concat(Log.Select(p => p.Object)).Concat(Segments.SelectMany(s => s.Objects));

    /// <summary>Whether a stream of that name, if there is one, is in it.</summary>
    public bool Holds(string stream) => IsWhole || OnlyStreams.Contains(stream, StreamName.Comparer);

    /// <summary>Throws <see cref="BackupErrorCode.NotFound"/> where a stream is not among those that it has.</summary>
    public void RequireHeld(string stream)
    {
        if (!Holds(stream))
        {
            string only = string.Join(", ", OnlyStreams.Select(s => $"'{s}'"));
            throw new BackupException(BackupErrorCode.NotFound, $"snapshot {Id} has no stream '{stream}': it is only of {only}");
        }
    }

    public SnapshotDescription Describe() => new()
    {
        Id = Id,
        NodeId = NodeId,
        TakenAt = TakenAt,
        Position = Position.Value,
        StreamCount = StreamCount,
        RowCount = RowCount,
        SegmentCount = Segments.Count,
        Bytes = SealedBytes,
        AddedBytes = AddedBytes,
        OnlyStreams = OnlyStreams,
    };

    /// <summary>The first half of the number behind the time is the fraction of its second, so that snapshots of one second are in order too.</summary>
    public static string NewId(DateTimeOffset now)
    {
        long fraction = (now.Ticks % TimeSpan.TicksPerSecond << 16) / TimeSpan.TicksPerSecond;
        return now.UtcDateTime.ToString(IdTimeFormat, CultureInfo.InvariantCulture) + $"-{fraction:x4}{Guid.NewGuid().ToString("n")[..4]}";
    }
}
