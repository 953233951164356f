using Varve.Storage.Streams;

namespace Varve.Storage.Records;

/// <param name="StreamId">The stream.</param>
/// <param name="TimeMicros">When the change was accepted.</param>
/// <param name="Settings">They take the place of those before.</param>
internal sealed record StreamSettingsRecord(long StreamId, long TimeMicros, StoredSettings Settings) : LogRecord(StreamId, TimeMicros);
