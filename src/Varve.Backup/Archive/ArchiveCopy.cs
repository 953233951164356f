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

    /// <summary>From a position to the capture's. Where a segment that an entry names is gone already, the stretch begins behind that entry.</summary>
    public async Task<ArchivePiece> RunAsync(LogPosition from, ILogger logger, CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyList<LogPiece> log = await SnapshotCopy.CopyLogAsync(
                store, capture.ReadLogAsync(from, cancellationToken), from, capture.Position, Look, cancellationToken).ConfigureAwait(false);
            if (await TryCopySegmentsAsync(cancellationToken).ConfigureAwait(false) is { } segments)
                return new ArchivePiece(from.Value, capture.Position.Value, log, segments);
            logger.LogError(
                "Entries {From} to {To} of the log name segments that are gone already: the archive begins anew behind them, and goes on from the next snapshot",
                from, capture.Position);
            _segments.Clear();
            from = capture.Position;
        }
    }

    /// <summary>Notes the segments that an entry brings.</summary>
    private void Look(LogEntry entry) => RecordReader.Split(entry, record =>
    {
        var kind = (RecordKind)record.Span[4];
        if (kind is not (RecordKind.Seal or RecordKind.ReplaceSegments))
            return;
        switch (new RecordReader(_ => null, keys).ReadRecord(entry.Position, record))
        {
            case SealRecord seal:
                _segments.Add(seal.Segment);
                break;
            case ReplaceSegmentsRecord replace:
                _segments.AddRange(replace.Added);
                break;
        }
    });

    /// <summary>Null where one is gone.</summary>
    private async Task<IReadOnlyList<SegmentPieces>?> TryCopySegmentsAsync(CancellationToken cancellationToken)
    {
        List<SegmentPieces> copied = [];
        foreach (SegmentInfo segment in _segments)
        {
            try
            {
                using IFile file = capture.OpenSegment(segment);
                copied.Add(await SnapshotCopy.CopySegmentAsync(store, file, segment, cancellationToken).ConfigureAwait(false));
            }
            catch (IOException e) when (e.HResult == Errno.NoEntry)
            {
                return null;
            }
        }

        return copied;
    }
}
