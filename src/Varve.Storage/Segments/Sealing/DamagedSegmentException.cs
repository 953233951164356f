namespace Varve.Storage.Segments.Sealing;

/// <summary>A segment that is to be written anew cannot be read: it is left alone from then on.</summary>
internal sealed class DamagedSegmentException(SegmentInfo segment, StorageException damage) : Exception(damage.Message, damage)
{
    public SegmentInfo Segment { get; } = segment;
}
