using Varve.Storage.Segments;

namespace Varve.Storage.Records;

/// <summary>Says that a stream came whole out of a backup: it is made, and its rows stand in segments whose files are durable.</summary>
/// <param name="Stream">
/// As it is made. Its id was set aside while the files were written, so streams that were made meanwhile have higher ones.
/// </param>
/// <param name="FirstOffset">The oldest row: those before were gone already.</param>
/// <param name="Segments">All of its rows, in the order of their offsets; they keep the times at which they were first accepted.</param>
internal sealed record RestoreStreamRecord(CreateStreamRecord Stream, long FirstOffset, IReadOnlyList<SegmentInfo> Segments)
    : LogRecord(Stream.StreamId, Stream.TimeMicros);
