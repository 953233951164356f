namespace Varve.Backup;

/// <summary>What a drill found of a stream.</summary>
public sealed record DrilledStream
{
    public required string Name { get; init; }

    /// <summary>The first row that was restored.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>Exclusive.</summary>
    public required long EndOffset { get; init; }

    public long RowCount => EndOffset - FirstOffset;

    /// <summary>Of the restored rows, by their values however they are stored: 64 hexadecimal digits; empty where they cannot be read.</summary>
    public required string Hash { get; init; }

    /// <summary>How many rows were compared with the node's own.</summary>
    public required long ComparedRowCount { get; init; }

    /// <summary>What could not be compared, because the stream was dropped, trimmed or changed since; null: nothing. That is no failure.</summary>
    public string? Note { get; init; }

    /// <summary>What is wrong; null: nothing.</summary>
    public string? Problem { get; init; }
}
