using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning.Conditions;

/// <summary>One part or more holds. Immutable.</summary>
internal sealed record AnyOf : Condition
{
    private AnyOf(Condition[] parts)
    {
        Parts = parts;
        OnlyColumn = CommonColumn(parts);
    }

    /// <summary>Two at least, none of which always or never holds.</summary>
    public IReadOnlyList<Condition> Parts { get; }

    public override ScanColumn? OnlyColumn { get; }

    public override bool MayHoldNull => Parts.Any(p => p.MayHoldNull);

    /// <summary>What holds where one of some conditions does, in fewer parts where that can be: values of a column are a list.</summary>
    public static Condition Of(IEnumerable<Condition> conditions)
    {
        List<Condition> parts = [];
        foreach (Condition condition in conditions.SelectMany(c => c is AnyOf any ? any.Parts : [c]))
        {
            if (ReferenceEquals(condition, Always))
                return Always;
            if (!ReferenceEquals(condition, Never))
                parts.Add(condition);
        }

        JoinValues(parts);
        return parts.Count switch { 0 => Never, 1 => parts[0], _ => new AnyOf([.. parts]) };
    }

    public override bool MayHold(RowZones rows)
    {
        foreach (Condition part in Parts)
        {
            if (part.MayHold(rows))
                return true;
        }

        return false;
    }

    public override bool MayHold(ReadOnlySpan<byte> value)
    {
        foreach (Condition part in Parts)
        {
            if (part.MayHold(value))
                return true;
        }

        return false;
    }

    private static void JoinValues(List<Condition> parts)
    {
        List<Condition> joined = [];
        foreach (var group in parts.Where(IsOfValues).GroupBy(p => (Column: p.OnlyColumn!, Values(p)[0].Kind)))
            joined.Add(group.Skip(1).Any() ? OneOf.Create(group.Key.Column, group.SelectMany(Values)) : group.First());
        parts.RemoveAll(IsOfValues);
        parts.AddRange(joined);
    }

    /// <summary>NaN stays by itself: it is compared in its own way.</summary>
    private static bool IsOfValues(Condition condition) =>
        condition is OneOf || (condition is Within { IsPoint: true } point && !double.IsNaN(point.Least!.Value.Real));

    private static IReadOnlyList<ZoneValue> Values(Condition condition) =>
        condition is OneOf several ? several.Values : [((Within)condition).Least!.Value];
}
