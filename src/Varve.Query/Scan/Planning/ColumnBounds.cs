using Varve.Storage;
using Varve.Storage.Zones;

namespace Varve.Query.Scan.Planning;

/// <summary>
/// What is known of a stream's columns, as a statement sees it, without a look at a segment's file. For one thread: the one that plans.
/// </summary>
/// <param name="view">The rows.</param>
internal sealed class ColumnBounds(StreamView view)
{
    /// <summary>Looks at bounds of segments, about a millisecond: what wide rows in many segments would take longer is not worth it.</summary>
    private const int LooksMax = 1 << 14;

    /// <summary>Values of the tail that are looked at, about a millisecond.</summary>
    private const int ValuesMax = 1 << 21;

    private readonly Dictionary<int, Zone?> _known = [];
    private int _looks;
    private long _values;

    /// <summary>Bounds of all values of a column, in its stored unit; null where they are not known or not worth finding out.</summary>
    public Zone? Of(ScanColumn column)
    {
        if (!_known.TryGetValue(column.Index, out Zone? zone))
            _known[column.Index] = zone = Find(column);
        return zone;
    }

    private Zone? Find(ScanColumn column)
    {
        IReadOnlyList<ScanGroup> groups = view.Groups;
        _looks += groups.Count;
        if (groups.Count == 0 || _looks > LooksMax)
            return null;
        Zone? all = Of(groups[0], column);
        for (int i = 1; i < groups.Count && all is not null; i++)
            all = ZoneScan.Join(all, Of(groups[i], column));
        return all;
    }

    private Zone? Of(ScanGroup group, ScanColumn column)
    {
        switch (column.Kind)
        {
            case ScanColumnKind.Offset:
                return group.OffsetZone;
            case ScanColumnKind.Time:
                return group.TimeZone;
            case ScanColumnKind.Any:
                return null;
        }

        if (group.ZoneOf(column.Field) is { } zone || !group.IsResident)
            return group.ZoneOf(column.Field);
        _values += group.RowCount;
        if (_values > ValuesMax)
            return null;
        IReadOnlyList<ScanBlock> blocks = group.Blocks;
        Zone? all = blocks[0].ZoneOf(column.Field);
        for (int i = 1; i < blocks.Count && all is not null; i++)
            all = ZoneScan.Join(all, blocks[i].ZoneOf(column.Field));
        return all;
    }
}
