using System.Text.Json.Nodes;
using Varve.Cli.Output;
using Varve.Protocol.V1;

namespace Varve.Cli.Streams;

/// <summary>A stream's settings for people and for programs.</summary>
internal static class SettingsPrinter
{
    public static string Text(StreamSettings settings)
    {
        var limits = new List<string>();
        if (settings.RetainFor is { } age)
            limits.Add($"rows younger than {Quantity.Age(age.ToTimeSpan())}");
        if (settings.HasRetainRows)
            limits.Add($"the newest {Quantity.Count(settings.RetainRows)} rows");
        if (settings.HasRetainBytes)
            limits.Add($"the newest {Quantity.Bytes(settings.RetainBytes)} of segments");
        string kept = limits.Count == 0 ? "all rows" : string.Join(", ", limits);
        return settings.ClusterBy.Count == 0 ? kept : $"{kept}; clustered by {string.Join(", ", settings.ClusterBy)}";
    }

    public static JsonObject ToJson(StreamSettings settings) => new()
    {
        ["cluster_by"] = new JsonArray([.. settings.ClusterBy.Select(c => (JsonNode)c)]),
        ["retain_for_seconds"] = settings.RetainFor is { } age ? age.ToTimeSpan().TotalSeconds : null,
        ["retain_rows"] = settings.HasRetainRows ? settings.RetainRows : null,
        ["retain_bytes"] = settings.HasRetainBytes ? settings.RetainBytes : null,
    };
}
