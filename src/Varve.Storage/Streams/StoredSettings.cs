namespace Varve.Storage.Streams;

/// <summary>
/// <see cref="StreamSettings"/> as records and checkpoints hold them: columns by their places, so that no name stands there. Immutable.
/// </summary>
/// <param name="ClusterColumns">Places in the stream's schema, in the order of importance.</param>
/// <param name="RetainMicros">0: for ever.</param>
/// <param name="RetainRows">0: all.</param>
/// <param name="RetainBytes">0: all.</param>
internal sealed record StoredSettings(int[] ClusterColumns, long RetainMicros, long RetainRows, long RetainBytes)
{
    public static StoredSettings None { get; } = new([], 0, 0, 0);

    /// <summary>The settings must follow the rules (<see cref="SettingsRules"/>).</summary>
    public static StoredSettings Of(StreamSettings settings, StreamSchema schema) => new(
        [.. settings.ClusterBy.Select(schema.IndexOf)],
        (settings.RetainFor?.Ticks ?? 0) / TimeSpan.TicksPerMicrosecond,
        settings.RetainRows ?? 0,
        settings.RetainBytes ?? 0);

    public StreamSettings ToSettings(StreamSchema schema) => new()
    {
        ClusterBy = [.. ClusterColumns.Select(i => schema.Schema.Fields[i].Name)],
        RetainFor = RetainMicros == 0 ? null : new TimeSpan(RetainMicros * TimeSpan.TicksPerMicrosecond),
        RetainRows = RetainRows == 0 ? null : RetainRows,
        RetainBytes = RetainBytes == 0 ? null : RetainBytes,
    };

    /// <summary>Why a stream of that many columns cannot have them; null where it can.</summary>
    public string? Problem(int columnCount)
    {
        if (RetainMicros < 0 || RetainRows < 0 || RetainBytes < 0 || RetainMicros > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond)
            return "a negative or impossible retention";
        return ClusterColumns.Any(i => i < 0 || i >= columnCount) || ClusterColumns.Distinct().Count() < ClusterColumns.Length
            ? $"cluster columns that {columnCount} columns do not have once each"
            : null;
    }
}
