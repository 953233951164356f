using Varve.Arrow;

namespace Varve.Storage.Records;

/// <param name="StreamId">The stream that changes.</param>
/// <param name="TimeMicros">When the change was accepted.</param>
/// <param name="SchemaVersion">The version that results.</param>
/// <param name="Fields">The columns that come behind the ones that are there; all nullable.</param>
internal sealed record AddColumnsRecord(long StreamId, long TimeMicros, long SchemaVersion, IReadOnlyList<Field> Fields)
    : LogRecord(StreamId, TimeMicros);
