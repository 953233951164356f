using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>Lets rows go that are not to be kept, and deletes the files of segments that went. For the service's thread.</summary>
internal sealed class RetentionWork(
    Func<CatalogHead> streams,
    SegmentChanges changes,
    RetiredSegments retired,
    SegmentFiles files,
    CarefulWork careful,
    SealMeter meter,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Trims one stream. False when no rows have to go.</summary>
    public bool Trim()
    {
        foreach (StreamState stream in streams().Streams.Values)
        {
            StreamHead head = stream.Head;
            if (head.Segments.IsEmpty || careful.IsWaiting(stream))
                continue;
            int count = RetentionPolicy.TrimCount(head.Segments, head.EndOffset, head.Settings, Clock.Micros(time));
            if (count == 0)
                continue;
            careful.Try(stream, () => Trim(stream, head.Segments[..count]));
            return true;
        }

        return false;
    }

    /// <summary>Deletes the files of segments that the catalog has no more. One that cannot be deleted is left for the next start.</summary>
    public void DeleteRetired()
    {
        foreach (RetiredSegment segment in retired.TakeAll())
        {
            try
            {
                files.Delete(segment);
            }
            catch (Exception failure) when (failure is IOException or StorageException)
            {
                meter.DeletionFailed();
                logger.LogError(
                    failure, "The file of segment {Segment}, which nobody needs, could not be deleted: {Reason}", segment.Id, failure.Message);
            }
        }
    }

    private void Trim(StreamState stream, ImmutableArray<SegmentInfo> going)
    {
        SegmentOutcome outcome = changes.TrimAsync(stream, going[^1].EndOffset).GetAwaiter().GetResult();
        if (outcome == SegmentOutcome.Done)
            meter.Trimmed(going.Sum(s => s.RowCount));
    }
}
