using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Varve.Backup.Snapshots;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Segments;

namespace Varve.Backup.Archive;

/// <summary>Copies entries of the log into a repository, and the segments that they name. Used once, by one thread.</summary>
internal sealed class ArchiveCopy(NodeCapture capture, ObjectStore store, Keyring keys)
{
    private readonly List<SegmentInfo> _segments = [];

    /// <summary>
    /// From a position to the capture's. A segment that came and went while the node's log was not archived is left out: moments in between cannot be
    /// restored, which a restore then says; later ones need it no more.
    /// </summary>
    public async Task<ArchivePiece> RunAsync(LogPosition from, ILogger logger, CancellationToken cancellationToken)
    {
        IReadOnlyList<LogPiece> log = await SnapshotCopy.CopyLogAsync(
            store, capture.ReadLogAsync(from, cancellationToken), from, capture.Position, Look, cancellationToken).ConfigureAwait(false);
        ConcurrentBag<SegmentPieces> copied = [];
        using PieceCopying copying = new(store, copied.Add);
        await copying.RunAsync(SegmentsToCopy(from, logger), cancellationToken).ConfigureAwait(false);
        return new ArchivePiece(from.Value, capture.Position.Value, log, [.. copied.OrderBy(s => s.Id)]);
    }

    private IEnumerable<SegmentCopy> SegmentsToCopy(LogPosition from, ILogger logger)
    {
        foreach (SegmentInfo segment in _segments)
        {
            IFile file;
            try
            {
                file = capture.OpenSegment(segment);
            }
            catch (IOException e) when (e.HResult == Errno.NoEntry)
            {
                logger.LogWarning(
                    "Segment {Segment}, which an entry from {From} to {To} of the log names, is gone already: moments before it went cannot be restored",
                    segment.Id, from, capture.Position);
                continue;
            }

            yield return SegmentCopy.Of(store, file, segment);
        }
    }

    /// <summary>Notes the segments that an entry brings.</summary>
    private void Look(LogEntry entry) => RecordReader.Split(entry, record =>
    {
        if (RecordFormat.KindOf(record.Span) is not (RecordKind.Seal or RecordKind.ReplaceSegments or RecordKind.RestoreStream))
            return;
        switch (new RecordReader(_ => null, keys).ReadRecord(entry.Position, record))
        {
            case SealRecord seal:
                _segments.Add(seal.Segment);
                break;
            case ReplaceSegmentsRecord replace:
                _segments.AddRange(replace.Added);
                break;
            case RestoreStreamRecord restore:
                _segments.AddRange(restore.Segments);
                break;
        }
    });
}
