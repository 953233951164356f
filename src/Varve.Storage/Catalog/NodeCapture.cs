using System.Runtime.CompilerServices;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Recovery;
using Varve.Storage.Segments;

namespace Varve.Storage.Catalog;

/// <summary>
/// A node at one position, to be copied: the catalog, the files of its segments, and the entries of the log that the catalog does not hold. They stay
/// on the disk until this is disposed, while appends, sealing and compaction go on. One thread at a time.
/// </summary>
internal sealed class NodeCapture : IDisposable
{
    private readonly IFileSystem _fileSystem;
    private readonly string _segmentsPath;
    private readonly DurableLog _log;
    private readonly LogHold _logHold;
    private readonly IDisposable _segmentHold;

    internal NodeCapture(
        IFileSystem fileSystem, string segmentsPath, NodeFile node, DurableLog log, LogHold logHold, IDisposable segmentHold, CatalogCapture captured)
    {
        _fileSystem = fileSystem;
        _segmentsPath = segmentsPath;
        _log = log;
        _logHold = logHold;
        _segmentHold = segmentHold;
        Node = node;
        Catalog = captured.ToState();

        // The newest entry is always there: a checkpoint without any fits no log.
        LogFrom = captured.NotNeededUpTo < captured.Position ? captured.NotNeededUpTo.Next : captured.Position;
    }

    public NodeFile Node { get; }

    public Guid LogId => _log.LogId;

    /// <summary>Everything but the rows of tails.</summary>
    public CheckpointState Catalog { get; }

    /// <summary>Everything up to here is in the capture, and nothing behind. <see cref="LogPosition.None"/>: the node never held anything.</summary>
    public LogPosition Position => Catalog.Position;

    /// <summary>The first entry of the log that belongs to it.</summary>
    public LogPosition LogFrom { get; }

    /// <summary>All keys that open it, but for those of streams that were dropped since; null where nothing is encrypted.</summary>
    public required KeyringContent? Keys { get; init; }

    /// <summary>The entries from one on, up to <see cref="Position"/>. A payload is valid until the next entry is asked for.</summary>
    /// <param name="from">Not before <see cref="LogFrom"/>, unless the caller holds the log.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<LogEntry> ReadLogAsync(LogPosition from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Position < from || Position == LogPosition.None)
            yield break;
        await foreach (LogEntry entry in _log.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            yield return entry;
            if (entry.Position >= Position)
                yield break;
        }
    }

    /// <summary>Lets the log go, when its entries were read; segments stay.</summary>
    public void ReleaseLog() => _logHold.Dispose();

    /// <summary>The file of a segment of the catalog. It belongs to the caller.</summary>
    public IFile OpenSegment(SegmentInfo segment) => _fileSystem.OpenRead(Path.Combine(_segmentsPath, SegmentDirectory.NameOf(segment.Id)));

    public void Dispose()
    {
        _logHold.Dispose();
        _segmentHold.Dispose();
    }
}
