using System.Globalization;
using Varve.Rpc;

namespace Varve.Client;

/// <summary>
/// What a reader wants to see of the streams: at least a position, or a moment of the past (one of the three). By default whatever is visible. Immutable.
/// </summary>
public record ViewOptions
{
    /// <summary>
    /// Everything at or below this log position, such as that of an acknowledgement: read your own writes. It is waited for as long as the daemon's
    /// settings allow.
    /// </summary>
    public long? MinPosition { get; init; }

    /// <summary>The rows at or below this log position, such as that of an earlier answer.</summary>
    public long? AsOfPosition { get; init; }

    /// <summary>The rows whose <c>_time</c> is not after this moment of the past.</summary>
    public DateTimeOffset? AsOfTime { get; init; }

    /// <summary>Of each stream that is named, the rows before an offset.</summary>
    public IReadOnlyDictionary<string, long> AsOfOffsets { get; init; } = new Dictionary<string, long>();

    /// <summary>As docs/flight.md says it to the daemon.</summary>
    internal Metadata ToMetadata()
    {
        var metadata = new Metadata();
        if (MinPosition is { } least)
            metadata.Add("varve-min-position", least.ToString(CultureInfo.InvariantCulture));
        if (AsOfPosition is { } position)
            metadata.Add("varve-as-of-position", position.ToString(CultureInfo.InvariantCulture));
        if (AsOfTime is { } time)
            metadata.Add("varve-as-of-time", time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        foreach ((string stream, long offset) in AsOfOffsets)
            metadata.Add("varve-as-of-offset", string.Create(CultureInfo.InvariantCulture, $"{stream}={offset}"));
        return metadata;
    }
}
