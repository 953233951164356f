using Varve.Storage.Segments;
using Varve.Storage.Zones;

namespace Varve.Storage.Views;

/// <summary>A segment, for scans. All but its blocks' zones and pages comes from the catalog. Any thread.</summary>
internal sealed class SegmentGroup(SegmentRows rows) : ScanGroup
{
    private readonly Lazy<ScanBlock[]> _blocks = new(
        () => [.. rows.Pieces.Select(piece => new SegmentBlock(rows, piece))], LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Bounds of a column that came after the rows.</summary>
    public static Zone AllNull { get; } = new(default, default, HasNulls: true, IsEmpty: true);

    public override long RowCount => rows.Info.RowCount;

    public override Zone OffsetZone =>
        new(ZoneValue.Of(rows.Info.FirstOffset), ZoneValue.Of(rows.Info.EndOffset - 1), HasNulls: false);

    public override Zone TimeZone =>
        new(ZoneValue.Of(rows.Info.FirstTimeMicros), ZoneValue.Of(rows.Info.LastTimeMicros), HasNulls: false);

    public override IReadOnlyList<ScanBlock> Blocks => _blocks.Value;

    public override Zone? ZoneOf(int field) => rows.Has(field) ? rows.Info.Zones[field] : AllNull;
}
