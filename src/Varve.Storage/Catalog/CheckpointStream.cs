using Varve.Arrow;
using Varve.Storage.Streams;

namespace Varve.Storage.Catalog;

/// <summary>A stream in a checkpoint. Immutable.</summary>
internal sealed record CheckpointStream
{
    public required long Id { get; init; }

    public required string Name { get; init; }

    public required long CreatedMicros { get; init; }

    public required Schema Schema { get; init; }

    public required long SchemaVersion { get; init; }

    public required StoredSettings Settings { get; init; }

    /// <summary>The rows before its end are in files.</summary>
    public required SegmentList Segments { get; init; }

    /// <summary>The rows from the end of the segments up to here are in the log.</summary>
    public required long EndOffset { get; init; }

    /// <summary>The time of the newest change.</summary>
    public required long LastTimeMicros { get; init; }

    /// <summary>The newest entry that changed the stream.</summary>
    public required LogPosition Position { get; init; }

    public static CheckpointStream Of(StreamHead head) => new()
    {
        Id = head.Stream.Id,
        Name = head.Stream.Name,
        CreatedMicros = head.Stream.CreatedMicros,
        Schema = head.Schema.Schema,
        SchemaVersion = head.Schema.Version,
        Settings = head.Settings,
        Segments = head.SegmentList,
        EndOffset = head.EndOffset,
        LastTimeMicros = head.LastTimeMicros,
        Position = head.Position,
    };

    /// <summary>Why there can be no such stream; null where there can.</summary>
    public string? Problem() =>
        EndOffset < Segments.SealedEnd ? $"it ends at offset {EndOffset}, its segments at {Segments.SealedEnd}"
        : LastTimeMicros < CreatedMicros || (Segments.Items.Length > 0 && LastTimeMicros < Segments.Items[^1].LastTimeMicros)
            ? $"its newest change has the time {LastTimeMicros}"
        : SchemaVersion < 1 ? $"its columns are of version {SchemaVersion}"
        : Settings.Problem(Schema.Fields.Count);
}
