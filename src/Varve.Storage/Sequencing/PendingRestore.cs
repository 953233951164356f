using Varve.Arrow;
using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>
/// A stream that comes with its rows, all at once. Id and key were set aside, the files of its segments are durable, name, schema and settings follow the
/// rules.
/// </summary>
internal sealed class PendingRestore(
    long id, string name, Schema schema, StoredSettings settings, long firstOffset, IReadOnlyList<SegmentInfo> segments) : PendingChange
{
    protected override LogRecord Decide(StagedState state)
    {
        if (state.TryFind(name, out StagedStream? other))
            throw PendingCreate.Exists("restore", name, other.Name);
        long end = segments.Count == 0 ? firstOffset : segments[^1].EndOffset;
        SegmentList list = SegmentList.Restore(segments, firstOffset, end, schema.Fields.Count, out string? problem)
            ?? throw new InvalidOperationException($"stream '{name}' cannot be restored: {problem}");
        StagedStream stream = state.Restore(
            id, name, new StreamSchema(schema, version: 1), list, segments.Count == 0 ? 0 : segments[^1].LastTimeMicros);
        CreateStreamRecord create = new(id, stream.LastTimeMicros, name, schema) { Settings = settings };
        return new RestoreStreamRecord(create, firstOffset, segments);
    }
}
