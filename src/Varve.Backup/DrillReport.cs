namespace Varve.Backup;

/// <summary>What a drill came to.</summary>
public sealed record DrillReport
{
    public required string SnapshotId { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Everything up to this position was restored, from the snapshot and the archive.</summary>
    public required long Position { get; init; }

    /// <summary>What the restored directory took.</summary>
    public required long Bytes { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>By their names.</summary>
    public required IReadOnlyList<DrilledStream> Streams { get; init; }

    /// <summary>What is worth knowing besides, a line each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What is wrong with the repository or what was restored, beside single streams, a line each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>All that is wrong in one line; null where nothing is.</summary>
    public string? Problem
    {
        get
        {
            DrilledStream[] bad = [.. Streams.Where(s => s.Problem is not null)];
            string[] all = [.. Problems, .. bad.Select(s => $"stream '{s.Name}': {s.Problem}")];
            return all.Length == 0 ? null : all.Length == 1 ? all[0] : $"{all[0]}; and {all.Length - 1} more";
        }
    }
}
