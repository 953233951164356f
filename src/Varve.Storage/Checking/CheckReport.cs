namespace Varve.Storage.Checking;

/// <summary>What a check read, and what it found.</summary>
public sealed record CheckReport
{
    /// <summary>Files that were verified, damaged ones included.</summary>
    public required long FileCount { get; init; }

    /// <summary>Bytes that were read for it.</summary>
    public required long ByteCount { get; init; }

    /// <summary>Entries of the log whose checksums hold.</summary>
    public required long LogEntryCount { get; init; }

    public required long SegmentCount { get; init; }

    /// <summary>Empty where everything is as it was written.</summary>
    public required IReadOnlyList<Damage> Damage { get; init; }
}
