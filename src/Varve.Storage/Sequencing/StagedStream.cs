using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A stream as it will be when all that has been staged is applied. For the sequencer.</summary>
internal sealed class StagedStream(long id, string name, StreamSchema schema, SegmentList segments, long endOffset, long lastTimeMicros)
{
    public long Id { get; } = id;

    public string Name { get; } = name;

    public StreamSchema Schema { get; set; } = schema;

    public SegmentList Segments { get; set; } = segments;

    public long EndOffset { get; set; } = endOffset;

    public long LastTimeMicros { get; set; } = lastTimeMicros;
}
