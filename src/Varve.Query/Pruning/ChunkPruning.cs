using Varve.Storage;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>Chooses the chunks of a view that a statement needs.</summary>
internal static class ChunkPruning
{
    public static IReadOnlyList<ViewChunk> Choose(IReadOnlyList<ViewChunk> chunks, Condition condition)
    {
        Condition settled = condition is Condition.All { Parts: [Condition.First first] } ? Settle(first, chunks) : condition;
        List<ViewChunk> kept = [];
        foreach (ViewChunk chunk in chunks)
        {
            if (settled.MayHold(ChunkZones.Of(chunk)))
                kept.Add(chunk);
        }

        return kept;
    }

    /// <summary>
    /// "The latest n" as a range: chunks are taken from the wanted end until they surely hold n rows; what lies wholly beyond the worst of
    /// them cannot be among the first n. Nulls sort at an end of their own, so a column with nulls is not pruned.
    /// </summary>
    private static Condition Settle(Condition.First first, IReadOnlyList<ViewChunk> chunks)
    {
        var zones = new (ZoneValue Worst, int RowCount)[chunks.Count];
        for (int i = 0; i < zones.Length; i++)
        {
            if (ChunkZones.Of(chunks[i]).Of(first.Column) is not { HasNulls: false } zone)
                return Condition.Always;
            zones[i] = (first.IsDescending ? zone.Least : zone.Greatest, chunks[i].RowCount);
        }

        Array.Sort(zones, (a, b) => first.IsDescending ? b.Worst.CompareTo(a.Worst) : a.Worst.CompareTo(b.Worst));
        long rows = 0;
        foreach ((ZoneValue worst, int rowCount) in zones)
        {
            rows += rowCount;
            if (rows >= first.RowCount)
                return first.IsDescending ? new Condition.Within(first.Column, worst, null) : new Condition.Within(first.Column, null, worst);
        }

        return Condition.Always;
    }
}
