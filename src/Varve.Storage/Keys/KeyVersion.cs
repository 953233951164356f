namespace Varve.Storage.Keys;

/// <summary>One key as the keyring holds it. Immutable.</summary>
/// <param name="Key">Of a stream, or of the node itself.</param>
/// <param name="CreatedMicros">When it was made, microseconds since 1970-01-01 UTC.</param>
/// <param name="LastPosition">
/// No log entry behind this one has a record that is sealed with it. <see cref="LogPosition.None"/> while it is the current one, or while that
/// is not known.
/// </param>
internal sealed record KeyVersion(StreamKey Key, long CreatedMicros, LogPosition LastPosition)
{
    /// <param name="logBeginsAt">The log's first entry.</param>
    public bool MayBeInLog(LogPosition logBeginsAt) => LastPosition == LogPosition.None || LastPosition >= logBeginsAt;
}
