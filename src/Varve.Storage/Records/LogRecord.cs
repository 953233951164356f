namespace Varve.Storage.Records;

/// <summary>
/// One change of state. Records are all there is to recover from: <see cref="Streams.StreamCatalog"/> applies them and nothing else changes it.
/// </summary>
/// <param name="StreamId">The stream that changes, or <see cref="NoStream"/>.</param>
/// <param name="TimeMicros">When the node accepted the change: microseconds since 1970-01-01 UTC.</param>
internal abstract record LogRecord(long StreamId, long TimeMicros)
{
    /// <summary>The id in records that are not of one stream.</summary>
    public const long NoStream = 0;
}
