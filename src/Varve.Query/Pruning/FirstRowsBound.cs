using Varve.Query.Pruning.Conditions;
using Varve.Storage;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>
/// "The latest n" as a range: groups and blocks are taken from the wanted end until they surely hold n rows; what lies wholly beyond the worst of
/// them cannot be among the first n.
/// </summary>
internal static class FirstRowsBound
{
    /// <summary>The condition with ranges in the place of its first rows. Reads the footers of those segments alone that their zones leave.</summary>
    public static Condition Settle(Condition condition, IReadOnlyList<ScanGroup> groups) => condition switch
    {
        FirstRows first => Settle(first, groups),
        AllOf all => AllOf.Of(all.Parts.Select(p => Settle(p, groups))),
        AnyOf any => AnyOf.Of(any.Parts.Select(p => Settle(p, groups))),
        _ => condition,
    };

    private static Condition Settle(FirstRows first, IReadOnlyList<ScanGroup> groups)
    {
        // Where a group's zone is not known, its blocks have to tell.
        List<RowZones> zones = [];
        List<ScanGroup> whole = [];
        foreach (ScanGroup group in groups)
        {
            var zone = new RowZones(group);
            if (zone.Of(first.Column) is null)
            {
                AddBlocks(zones, group);
                continue;
            }

            zones.Add(zone);
            whole.Add(group);
        }

        Condition bound = Bound(first, zones);
        List<RowZones> blocks = [.. zones.Where(z => !z.IsGroup)];
        foreach (ScanGroup group in whole)
        {
            if (bound.MayHold(new RowZones(group)))
                AddBlocks(blocks, group);
        }

        return AllOf.Of([bound, Bound(first, blocks)]);
    }

    private static void AddBlocks(List<RowZones> zones, ScanGroup group)
    {
        foreach (ScanBlock block in group.Blocks)
            zones.Add(new RowZones(block));
    }

    private static Condition Bound(FirstRows first, List<RowZones> zones)
    {
        List<(ZoneValue Worst, long RowCount)> sure = [];
        foreach (RowZones rows in zones)
        {
            // How many of the rows are null is not known; one at least is not where there is a bound.
            if (rows.Of(first.Column) is { IsEmpty: false } zone)
                sure.Add((first.IsDescending ? zone.Least : zone.Greatest, zone.HasNulls ? 1 : rows.RowCount));
        }

        sure.Sort((a, b) => first.IsDescending ? b.Worst.CompareTo(a.Worst) : a.Worst.CompareTo(b.Worst));
        long count = 0;
        foreach ((ZoneValue worst, long rowCount) in sure)
        {
            count += rowCount;
            if (count < first.Count)
                continue;
            var range = new Within(first.Column, first.IsDescending ? worst : null, first.IsDescending ? null : worst);
            return first.HasNullsFirst ? AnyOf.Of([range, new NullState(first.Column, IsNull: true)]) : range;
        }

        return Condition.Always;
    }
}
