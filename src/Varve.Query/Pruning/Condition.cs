using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>
/// What the rows of a stream must fulfil for a statement to need them, as far as zones can tell. A condition may only err by keeping too
/// much: DuckDB applies its own filter to what it is given. Immutable.
/// </summary>
internal abstract record Condition
{
    /// <summary>For what is not understood: every chunk may hold a row that is needed.</summary>
    public static readonly Condition Always = new AnyChunk();

    /// <summary>False only where surely no row of the chunk is needed.</summary>
    public abstract bool MayHold(ChunkZones chunk);

    private sealed record AnyChunk : Condition
    {
        public override bool MayHold(ChunkZones chunk) => true;
    }

    /// <summary>The column's value lies within the bounds, both inclusive; a null bound is open. A null value never does.</summary>
    internal sealed record Within(ScanColumn Column, ZoneValue? Least, ZoneValue? Greatest) : Condition
    {
        public override bool MayHold(ChunkZones chunk) =>
            chunk.Of(Column) is not { } zone
            || (!zone.IsEmpty
                && (Least is not { } least || zone.Greatest.CompareTo(least) >= 0)
                && (Greatest is not { } greatest || zone.Least.CompareTo(greatest) <= 0));
    }

    internal sealed record All(IReadOnlyList<Condition> Parts) : Condition
    {
        public override bool MayHold(ChunkZones chunk)
        {
            foreach (Condition part in Parts)
            {
                if (!part.MayHold(chunk))
                    return false;
            }

            return true;
        }
    }

    internal sealed record Any(IReadOnlyList<Condition> Parts) : Condition
    {
        public override bool MayHold(ChunkZones chunk)
        {
            foreach (Condition part in Parts)
            {
                if (part.MayHold(chunk))
                    return true;
            }

            return false;
        }
    }

    /// <summary>
    /// The row is among the first by a column: ORDER BY column LIMIT rows directly over a scan without a filter. Becomes
    /// <see cref="Within"/> once the chunks are known; by itself it keeps everything.
    /// </summary>
    internal sealed record First(ScanColumn Column, bool IsDescending, long RowCount) : Condition
    {
        public override bool MayHold(ChunkZones chunk) => true;
    }
}
