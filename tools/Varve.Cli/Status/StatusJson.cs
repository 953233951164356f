using System.Text.Json.Nodes;
using Varve.Cli.Output;
using Varve.Cli.Snapshots;
using Varve.Protocol.V1;

namespace Varve.Cli.Status;

/// <summary>The daemon's status for programs: the message's own names, and numbers as numbers, which protobuf's JSON writes as text.</summary>
internal static class StatusJson
{
    public static JsonObject Of(GetStatusResponse s, IReadOnlyList<Protocol.V1.Consumer> consumers) => new()
    {
        ["version"] = s.Version,
        ["node_id"] = s.NodeId,
        ["started_at"] = JsonText.Time(s.StartedAt),
        ["uptime_seconds"] = Math.Round(s.Uptime.ToTimeSpan().TotalSeconds, 3),
        ["data_directory"] = s.DataDirectory,
        ["accepting"] = s.Accepting,
        ["state"] = s.State switch { NodeState.Accepting => "accepting", NodeState.DiskFull => "disk_full", _ => "stopped" },
        ["stop_reason"] = s.StopReason.Length > 0 ? s.StopReason : null,
        ["visible_up_to"] = s.VisibleUpTo,
        ["durable_up_to"] = s.DurableUpTo,
        ["appended_up_to"] = s.AppendedUpTo,
        ["streams"] = s.StreamCount,
        ["rows"] = s.RowCount,
        ["consumers"] = consumers.Count,
        ["consumer_lag_rows"] = consumers.Sum(c => c.LagRows),
        ["tail_bytes"] = s.TailBytes,
        ["tail_limit_bytes"] = s.TailLimitBytes,
        ["log_bytes"] = s.LogBytes,
        ["segments"] = s.SegmentCount,
        ["segment_bytes"] = s.SegmentBytes,
        ["process_memory_bytes"] = s.ProcessMemoryBytes,
        ["memory_limit_bytes"] = s.MemoryLimitBytes > 0 ? s.MemoryLimitBytes : null,
        ["active_queries"] = s.ActiveQueries,
        ["connections"] = s.Connections,
        ["checked_bytes"] = s.CheckedBytes,
        ["last_full_check"] = s.LastFullCheck is { } at ? JsonText.Time(at) : null,
        ["damaged_places"] = s.Damage.Count,
        ["repositories"] = new JsonArray([.. s.Repositories.Select(BackupPrinter.ToJson)]),
        ["components"] = new JsonObject(s.Components.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))),
    };
}
