using Varve.Arrow;
using Varve.Storage.Streams;

namespace Varve.Storage.Records;

/// <param name="StreamId">Higher than that of the stream made before; one that a restore had set aside is left out.</param>
/// <param name="TimeMicros">When the stream was created.</param>
/// <param name="Name">A valid name that no other stream has.</param>
/// <param name="Schema">Its columns, without dictionary types.</param>
internal sealed record CreateStreamRecord(long StreamId, long TimeMicros, string Name, Schema Schema) : LogRecord(StreamId, TimeMicros)
{
    public StoredSettings Settings { get; init; } = StoredSettings.None;
}
