namespace Varve.Storage.Segments.Sealing;

/// <summary>When tails are sealed.</summary>
/// <param name="Rows">A tail of that many rows is, and a segment has about that many at most.</param>
/// <param name="Bytes">The same in bytes of memory.</param>
/// <param name="Age">A tail whose oldest row is that old is, whole.</param>
/// <param name="MemoryBytes">The memory for all tails; above half of it the biggest are, in small steps, so that room comes soon.</param>
internal sealed record SealLimits(long Rows, long Bytes, TimeSpan Age, long MemoryBytes)
{
    /// <summary>The memory in use above which room is made.</summary>
    public long PressureBytes => MemoryBytes / 2;

    /// <summary>What a segment takes from memory at most.</summary>
    public long StepBytes => Math.Max(1, Math.Min(Bytes, MemoryBytes / 8));
}
