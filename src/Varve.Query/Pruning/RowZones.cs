using Varve.Query.Scan;
using Varve.Storage;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>What is known of the rows of a group or of a block without reading them. Immutable.</summary>
internal readonly struct RowZones
{
    private readonly ScanGroup? _group;
    private readonly ScanBlock? _block;

    /// <summary>From the catalog, without a look at the segment's file.</summary>
    public RowZones(ScanGroup group) => _group = group;

    /// <summary>From the segment's footer, or from the rows of the tail.</summary>
    public RowZones(ScanBlock block) => _block = block;

    public bool IsGroup => _group is not null;

    public long RowCount => _block?.RowCount ?? _group!.RowCount;

    /// <summary>Bounds of a column, as it is stored; null where nothing is known.</summary>
    public Zone? Of(ScanColumn column) => column.Kind switch
    {
        ScanColumnKind.Offset => _block?.OffsetZone ?? _group!.OffsetZone,
        ScanColumnKind.Time => _block?.TimeZone ?? _group!.TimeZone,
        ScanColumnKind.Stored => _block is null ? _group!.ZoneOf(column.Field) : _block.ZoneOf(column.Field),
        _ => null,
    };

    /// <summary>False only where surely no row has the value.</summary>
    public bool MayHold(ScanColumn column, ZoneValue value) =>
        _block is null || column.Kind != ScanColumnKind.Stored || value.Kind == ZoneKind.Real || _block.MayHold(column.Field, value);
}
