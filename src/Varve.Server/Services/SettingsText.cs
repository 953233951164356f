using Google.Protobuf.WellKnownTypes;
using Varve.Protocol.V1;
using Engine = Varve.Storage;

namespace Varve.Server.Services;

/// <summary>A stream's settings between clients and the engine, which checks them. Stateless.</summary>
internal static class SettingsText
{
    private const long SecondsMax = 315_576_000_000;

    public static StreamSettings Describe(Engine.StreamSettings settings)
    {
        var described = new StreamSettings { ClusterBy = { settings.ClusterBy } };
        if (settings.RetainFor is { } age)
            described.RetainFor = Duration.FromTimeSpan(age);
        if (settings.RetainRows is { } rows)
            described.RetainRows = rows;
        if (settings.RetainBytes is { } bytes)
            described.RetainBytes = bytes;
        return described;
    }

    /// <param name="settings">Null: none are wanted.</param>
    public static Engine.StreamSettings Parse(StreamSettings? settings)
    {
        if (settings is null)
            return Engine.StreamSettings.Default;
        return new Engine.StreamSettings
        {
            ClusterBy = [.. settings.ClusterBy],
            RetainFor = settings.RetainFor is { } age ? Span(age) : null,
            RetainRows = settings.HasRetainRows ? settings.RetainRows : null,
            RetainBytes = settings.HasRetainBytes ? settings.RetainBytes : null,
        };
    }

    /// <summary>What a change leaves out stays; zero takes a limit away.</summary>
    public static Engine.StreamSettings Apply(SettingsChange change, Engine.StreamSettings settings) => new()
    {
        ClusterBy = change.ClusterBy is { } columns ? [.. columns.Names] : settings.ClusterBy,
        RetainFor = change.RetainFor is { } age ? NotZero(Span(age)) : settings.RetainFor,
        RetainRows = change.HasRetainRows ? NotZero(change.RetainRows) : settings.RetainRows,
        RetainBytes = change.HasRetainBytes ? NotZero(change.RetainBytes) : settings.RetainBytes,
    };

    private static long? NotZero(long value) => value == 0 ? null : value;

    private static TimeSpan? NotZero(TimeSpan value) => value == TimeSpan.Zero ? null : value;

    /// <summary>A message may hold a duration that protobuf does not allow and .NET cannot hold: more than 10,000 years is taken for that.</summary>
    private static TimeSpan Span(Duration duration) => new(
        (Math.Clamp(duration.Seconds, -SecondsMax, SecondsMax) * TimeSpan.TicksPerSecond) + (duration.Nanos / TimeSpan.NanosecondsPerTick));
}
