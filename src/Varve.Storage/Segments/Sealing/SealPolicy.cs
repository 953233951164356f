namespace Varve.Storage.Segments.Sealing;

/// <summary>Decides which rows are sealed next. Pure.</summary>
internal static class SealPolicy
{
    /// <summary>Null when nothing is due. What makes room comes first, then what is big, then what is old; the biggest or oldest of each.</summary>
    /// <param name="tails">Of all streams whose rows can be sealed now.</param>
    /// <param name="usedBytes">The memory that rows take, those on their way included.</param>
    /// <param name="nowMicros">Microseconds since 1970-01-01 UTC.</param>
    /// <param name="limits">When tails are sealed.</param>
    public static SealChoice? Choose(IReadOnlyList<TailState> tails, long usedBytes, long nowMicros, SealLimits limits)
    {
        long tailBytes = 0;
        TailState? biggest = null;
        TailState? oldest = null;
        foreach (TailState tail in tails)
        {
            if (tail.RowCount == 0)
                continue;
            tailBytes += tail.Bytes;
            if (biggest is not { } big || IsBigger(tail, big))
                biggest = tail;
            if (oldest is not { } old || tail.OldestMicros < old.OldestMicros)
                oldest = tail;
        }

        if (biggest is not { } first || oldest is not { } last)
            return null;

        // Where appends on their way take most of the memory, sealing the little that there is makes no room.
        if (usedBytes > limits.PressureBytes && tailBytes > limits.PressureBytes / 2)
            return Of(first, limits, SealReason.Memory);
        foreach (TailState tail in tails)
        {
            if (tail.RowCount >= limits.Rows || tail.Bytes >= limits.Bytes)
                return Of(tail, limits, SealReason.Size);
        }

        return nowMicros - last.OldestMicros >= limits.Age.Ticks / TimeSpan.TicksPerMicrosecond
            ? Of(last, limits, SealReason.Age)
            : null;
    }

    /// <summary>The rows of a tail that somebody wants sealed, in as many steps as it takes.</summary>
    public static SealChoice ForFlush(TailState tail, SealLimits limits) => Of(tail, limits, SealReason.Flush);

    private static SealChoice Of(TailState tail, SealLimits limits, SealReason reason)
    {
        long rowBytes = Math.Max(1, tail.Bytes / tail.RowCount);

        // Chunks that take no more rows make full blocks. The growing one is left alone unless it is most of the tail, or what is asked for.
        bool takesAll = reason is SealReason.Age or SealReason.Flush || (tail.FullEndOffset - tail.FirstOffset) * 2 < tail.RowCount;
        return new SealChoice(tail, Math.Clamp(limits.StepBytes / rowBytes, 1, limits.Rows), takesAll, reason);
    }

    private static bool IsBigger(TailState tail, TailState other) =>
        tail.Bytes > other.Bytes || (tail.Bytes == other.Bytes && tail.OldestMicros < other.OldestMicros);
}
