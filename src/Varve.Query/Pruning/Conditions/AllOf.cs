using Varve.Query.Scan;

namespace Varve.Query.Pruning.Conditions;

/// <summary>All parts hold. Immutable.</summary>
internal sealed record AllOf : Condition
{
    private AllOf(Condition[] parts)
    {
        Parts = parts;
        OnlyColumn = CommonColumn(parts);
    }

    /// <summary>Two at least, none of which always or never holds.</summary>
    public IReadOnlyList<Condition> Parts { get; }

    public override ScanColumn? OnlyColumn { get; }

    public override bool MayHoldNull => Parts.All(p => p.MayHoldNull);

    /// <summary>What holds where all of some conditions do, in fewer parts where that can be: two bounds of a column are one range.</summary>
    public static Condition Of(IEnumerable<Condition> conditions)
    {
        List<Condition> parts = [];
        foreach (Condition condition in conditions.SelectMany(c => c is AllOf all ? all.Parts : [c]))
        {
            if (!ReferenceEquals(condition, Always))
                Add(parts, condition);
        }

        if (parts.Contains(Never, ReferenceEqualityComparer.Instance))
            return Never;
        return parts.Count switch { 0 => Always, 1 => parts[0], _ => new AllOf([.. parts]) };
    }

    public override bool MayHold(RowZones rows)
    {
        foreach (Condition part in Parts)
        {
            if (!part.MayHold(rows))
                return false;
        }

        return true;
    }

    public override bool MayHold(ReadOnlySpan<byte> value)
    {
        foreach (Condition part in Parts)
        {
            if (!part.MayHold(value))
                return false;
        }

        return true;
    }

    private static void Add(List<Condition> parts, Condition condition)
    {
        int at = condition is Within range ? parts.FindIndex(p => p is Within other && other.IsLike(range)) : -1;
        if (at < 0)
            parts.Add(condition);
        else
            parts[at] = ((Within)parts[at]).And((Within)condition);
    }
}
